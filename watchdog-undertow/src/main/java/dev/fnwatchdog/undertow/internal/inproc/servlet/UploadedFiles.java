package dev.fnwatchdog.undertow.internal.inproc.servlet;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of one form. A file that the function has moved away is left to it.
 *
 * <p>Threads: any.
 */
final class UploadedFiles {
    private final Path folder;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private final List<Path> created = new ArrayList<>();

    @GuardedBy("this")
    private final List<FileChannel> open = new ArrayList<>();

    @GuardedBy("this")
    private boolean deleted;

    UploadedFiles(Path folder) {
        this.folder = folder;
    }

    /** Creates an empty file, unless they have been deleted. */
    synchronized Path create() throws IOException {
        if (deleted) {
            throw new IOException("the request has ended");
        }
        Files.createDirectories(folder);
        Path file = Files.createTempFile(folder, "upload", "");
        created.add(file);
        return file;
    }

    /** Opens a file that is closed at the latest when all are deleted. */
    synchronized FileChannel open(Path file, OpenOption option) throws IOException {
        open.removeIf(channel -> !channel.isOpen());
        FileChannel channel = FileChannel.open(file, option);
        open.add(channel);
        return channel;
    }

    /** Returns whether there is something to delete. */
    synchronized boolean isEmpty() {
        return created.isEmpty();
    }

    /** Closes and deletes all files. */
    synchronized void delete() throws IOException {
        deleted = true;
        for (FileChannel channel : open) {
            channel.close();
        }
        for (Path file : created) {
            Files.deleteIfExists(file);
        }
        created.clear();
        open.clear();
    }
}
