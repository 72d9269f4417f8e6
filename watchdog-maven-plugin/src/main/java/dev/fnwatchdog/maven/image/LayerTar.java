package dev.fnwatchdog.maven.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes layers as one tar file that depends only on their names and contents: the same bytes on every machine. */
public final class LayerTar implements AutoCloseable {
    private final TarArchiveOutputStream tar;
    // Mutable state, used by one thread
    private final Set<String> written = new HashSet<>();

    private LayerTar(TarArchiveOutputStream tar) {
        this.tar = tar;
    }

    public static void write(List<ImageLayer> layers, Path target) throws IOException {
        try (LayerTar tar = open(target)) {
            for (ImageLayer layer : layers) {
                tar.add(layer);
            }
        }
    }

    private static LayerTar open(Path target) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(
                new BufferedOutputStream(Files.newOutputStream(target)), StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        return new LayerTar(tar);
    }

    private void add(ImageLayer layer) throws IOException {
        for (String folder : layer.folders()) {
            if (written.add(folder)) {
                put(entry(folder.substring(1) + "/", 0755));
                tar.closeArchiveEntry();
            }
        }
        for (LayerFile file : layer.files()) {
            TarArchiveEntry entry = entry(file.path().substring(1), file.mode());
            entry.setSize(Files.size(file.source()));
            put(entry);
            Files.copy(file.source(), tar);
            tar.closeArchiveEntry();
        }
    }

    private void put(TarArchiveEntry entry) throws IOException {
        tar.putArchiveEntry(entry);
    }

    private static TarArchiveEntry entry(String name, int permissions) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setModTime(ImageLayer.TIME.toEpochMilli());
        // The bits for the type of the file were set by its name.
        entry.setMode((entry.getMode() & ~07777) | permissions);
        entry.setIds(0, 0);
        // Otherwise they would name the user who builds.
        entry.setNames("", "");
        return entry;
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
