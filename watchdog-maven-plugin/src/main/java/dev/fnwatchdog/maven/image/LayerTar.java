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
public final class LayerTar {
    private LayerTar() {}

    public static void write(List<ImageLayer> layers, Path target) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(
                new BufferedOutputStream(Files.newOutputStream(target)), StandardCharsets.UTF_8.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            Set<String> folders = new HashSet<>();
            for (ImageLayer layer : layers) {
                add(layer, folders, tar);
            }
        }
    }

    /** @param folders those that are in the tar already */
    private static void add(ImageLayer layer, Set<String> folders, TarArchiveOutputStream tar) throws IOException {
        for (String folder : layer.folders()) {
            if (folders.add(folder)) {
                tar.putArchiveEntry(entry(folder.substring(1) + "/", 0755));
                tar.closeArchiveEntry();
            }
        }
        for (LayerFile file : layer.files()) {
            TarArchiveEntry entry = entry(file.path().substring(1), file.mode());
            entry.setSize(Files.size(file.source()));
            tar.putArchiveEntry(entry);
            Files.copy(file.source(), tar);
            tar.closeArchiveEntry();
        }
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
}
