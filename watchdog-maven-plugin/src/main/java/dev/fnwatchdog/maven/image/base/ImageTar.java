package dev.fnwatchdog.maven.image.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The files of an image as {@code docker save} writes it. */
record ImageTar(Path tar) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads one file of a layer. */
    interface EntryReader {
        void read(TarArchiveEntry entry, InputStream content) throws IOException;
    }

    /** Reads all entries, lowest layer first, with one pass over the tar file for each layer: it has them in any order. */
    void eachEntry(EntryReader reader) throws IOException {
        for (String layer : new LinkedHashSet<>(layers())) {
            try (TarArchiveInputStream image = open()) {
                for (TarArchiveEntry entry = image.getNextEntry(); entry != null; entry = image.getNextEntry()) {
                    if (entry.getName().equals(layer)) {
                        readLayer(image, reader);
                    }
                }
            }
        }
    }

    /** Returns the layers' names in the tar file, lowest first. */
    private List<String> layers() throws IOException {
        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream image = open()) {
            for (TarArchiveEntry entry = image.getNextEntry(); entry != null; entry = image.getNextEntry()) {
                if (entry.getName().equals("manifest.json")) {
                    JsonNode manifest = JSON.readTree(image.readAllBytes());
                    manifest.path(0).path("Layers").forEach(layer -> names.add(layer.asText()));
                }
            }
        }
        return names;
    }

    private static void readLayer(InputStream content, EntryReader reader) throws IOException {
        TarArchiveInputStream layer = new TarArchiveInputStream(decompressed(content));
        for (TarArchiveEntry entry = layer.getNextEntry(); entry != null; entry = layer.getNextEntry()) {
            reader.read(entry, layer);
        }
    }

    private static InputStream decompressed(InputStream content) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(content);
        buffered.mark(2);
        boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
        buffered.reset();
        return gzip ? new GZIPInputStream(buffered) : buffered;
    }

    private TarArchiveInputStream open() throws IOException {
        return new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar)));
    }

    static String name(TarArchiveEntry entry) {
        return plain(entry.getName());
    }

    /** Removes what may precede the first folder. */
    static String plain(String name) {
        return name.startsWith("./") ? name.substring(2) : name.startsWith("/") ? name.substring(1) : name;
    }
}
