package dev.fnwatchdog.maven.image.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fnwatchdog.maven.files.Folders;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Extracts Java from a base image to run it on this machine: only the same build of Java can make an archive for it.
 */
final class BaseJava {
    private static final ObjectMapper JSON = new ObjectMapper();
    // Every complete run-time image has this file.
    private static final String MODULES = "/lib/modules";
    // The folder in which Debian keeps a JDK's configuration.
    private static final String DEBIAN_CONFIGURATION = "etc/java-";
    private static final int EXECUTABLE = 0100;

    private final Path tar;

    /** @param tar an image as {@code docker save} writes it */
    BaseJava(Path tar) {
        this.tar = tar;
    }

    /**
     * Writes Java below a folder, which is emptied first.
     *
     * @throws IOException if the image has no Java, or one that does not run on this machine
     */
    JavaHome extract(Path folder) throws IOException {
        List<String> layers = layers();
        TreeSet<String> homes = new TreeSet<>();
        eachEntry(layers, (entry, content) -> {
            String name = name(entry);
            if (name.endsWith(MODULES) && entry.isFile()) {
                homes.add(name.substring(0, name.length() - MODULES.length()));
            }
        });
        if (homes.isEmpty()) {
            throw new IOException("there is no Java in the base image");
        }
        Folders.delete(folder);
        Files.createDirectories(folder);
        String home = homes.first();
        eachEntry(layers, (entry, content) -> {
            String name = name(entry);
            if (name.startsWith(home + "/") || name.startsWith(DEBIAN_CONFIGURATION)) {
                extract(entry, content, folder);
            }
        });
        return JavaHome.at(folder.resolve(home));
    }

    private static void extract(TarArchiveEntry entry, InputStream content, Path root) throws IOException {
        Path target = root.resolve(name(entry)).normalize();
        if (!target.startsWith(root) || entry.isDirectory() || hasLinkAbove(target, root)) {
            return;
        }
        Files.createDirectories(target.getParent());
        Files.deleteIfExists(target);
        if (entry.isSymbolicLink()) {
            String link = entry.getLinkName();
            Files.createSymbolicLink(target, link.startsWith("/") ? root.resolve(link.substring(1)) : Path.of(link));
        } else if (entry.isLink()) {
            Path other = root.resolve(plain(entry.getLinkName())).normalize();
            if (other.startsWith(root) && Files.isRegularFile(other, LinkOption.NOFOLLOW_LINKS)) {
                Files.createLink(target, other);
            }
        } else if (entry.isFile()) {
            Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
            if ((entry.getMode() & EXECUTABLE) != 0 && !target.toFile().setExecutable(true)) {
                throw new IOException("cannot make %s executable".formatted(target));
            }
        }
    }

    /** Whether a folder above is a link. Nothing is written through links, which may lead anywhere. */
    private static boolean hasLinkAbove(Path target, Path root) {
        for (Path folder = target.getParent(); folder != null && !folder.equals(root); folder = folder.getParent()) {
            if (Files.isSymbolicLink(folder)) {
                return true;
            }
        }
        return false;
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

    /** Reads all entries, with one pass over the tar file for each layer, because it contains them in any order. */
    private void eachEntry(List<String> layers, EntryReader reader) throws IOException {
        for (String layer : new LinkedHashSet<>(layers)) {
            try (TarArchiveInputStream image = open()) {
                for (TarArchiveEntry entry = image.getNextEntry(); entry != null; entry = image.getNextEntry()) {
                    if (entry.getName().equals(layer)) {
                        readLayer(image, reader);
                    }
                }
            }
        }
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

    private static String name(TarArchiveEntry entry) {
        return plain(entry.getName());
    }

    /** Removes what may precede the first folder. */
    private static String plain(String name) {
        return name.startsWith("./") ? name.substring(2) : name.startsWith("/") ? name.substring(1) : name;
    }

    /** Reads one file of a layer. */
    private interface EntryReader {
        void read(TarArchiveEntry entry, InputStream content) throws IOException;
    }
}
