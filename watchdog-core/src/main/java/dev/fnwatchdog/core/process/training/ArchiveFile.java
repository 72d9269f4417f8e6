package dev.fnwatchdog.core.process.training;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The file of an archive: it appears, or replaces an older one, only once it is complete. */
public final class ArchiveFile implements AutoCloseable {
    private final Path target;
    private final Path work;

    private ArchiveFile(Path target, Path work) {
        this.target = target;
        this.work = work;
    }

    /**
     * Prepares the file, with a temporary folder beside it.
     *
     * @throws IOException with a message that names the file and the reason why it cannot be written
     */
    public static ArchiveFile at(Path file) throws IOException {
        Path target = file.toAbsolutePath().normalize();
        Path folder = target.getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw failure(target, "it is a folder");
        }
        if (!Files.isDirectory(folder)) {
            throw failure(target, "there is no folder " + folder);
        }
        try {
            return new ArchiveFile(target, Files.createTempDirectory(folder, ".watchdog-archive"));
        } catch (FileSystemException e) {
            throw failure(target, reason(e));
        }
    }

    private static IOException failure(Path target, String reason) {
        return new IOException("%s cannot be written: %s".formatted(target, reason));
    }

    private static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        String reason = e.getReason();
        return reason == null ? e.toString() : reason.toLowerCase(Locale.ROOT);
    }

    /** Returns where it is, once it is complete. */
    public Path target() {
        return target;
    }

    /** Returns where it is written. */
    public Path unfinished() {
        return work.resolve("archive");
    }

    /** Returns a folder for whatever else is written meanwhile. */
    public Path temporaryFolder() throws IOException {
        return Files.createDirectories(work.resolve("tmp"));
    }

    /** Puts the file into its place, and returns its size in bytes. */
    public long complete() throws IOException {
        long size = Files.size(unfinished());
        try {
            Files.move(unfinished(), target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            throw failure(target, reason(e));
        }
        return size;
    }

    /** Deletes everything but the complete file. */
    @Override
    public void close() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(work)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }
}
