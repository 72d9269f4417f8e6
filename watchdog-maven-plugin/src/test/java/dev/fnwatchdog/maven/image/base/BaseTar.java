package dev.fnwatchdog.maven.image.base;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A base image with some files, as {@code docker save} writes it. */
final class BaseTar {
    private BaseTar() {}

    static Path write(Path file, Map<String, String> files) throws IOException {
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(layer)) {
            for (Map.Entry<String, String> entry : files.entrySet()) {
                put(out, entry.getKey(), entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file));
                TarArchiveOutputStream out = new TarArchiveOutputStream(stream)) {
            // As some tools write it: the layer before the manifest that names it.
            put(out, "layer.tar", layer.toByteArray());
            put(out, "manifest.json", "[{\"Layers\":[\"layer.tar\"]}]".getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static void put(TarArchiveOutputStream out, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
    }
}
