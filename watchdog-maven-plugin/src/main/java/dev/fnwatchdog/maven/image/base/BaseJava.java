package dev.fnwatchdog.maven.image.base;

import dev.fnwatchdog.maven.files.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * Java in a base image. It can be extracted to run it on this machine: only the same build of Java can make an archive of
 * classes for it.
 */
public final class BaseJava {
    // Every complete runtime image has this file.
    private static final String MODULES = "/lib/modules";
    // The folder in which Debian keeps a JDK's configuration.
    private static final String DEBIAN_CONFIGURATION = "etc/java-";
    private static final int EXECUTABLE = 0100;
    // The file in which a Java installation names its version, and far more than its size.
    private static final String RELEASE = "/release";
    private static final long LONGEST_RELEASE = 100_000;

    private final ImageTar image;

    // Mutable state, filled by the only reading of all entries
    private final TreeSet<String> homes = new TreeSet<>();
    private boolean hasCommand;
    private String release = "";

    private BaseJava(Path tar) {
        this.image = new ImageTar(tar);
    }

    /**
     * Looks for Java in an image.
     *
     * @param tar as {@code docker save} writes it
     * @param command the name of the command that starts Java in the image
     */
    public static BaseJava in(Path tar, String command) throws IOException {
        BaseJava java = new BaseJava(tar);
        String program = "/" + command.substring(command.lastIndexOf('/') + 1);
        java.image.eachEntry((entry, content) -> java.look(entry, content, program));
        return java;
    }

    private void look(TarArchiveEntry entry, InputStream content, String program) throws IOException {
        String name = "/" + ImageTar.name(entry);
        if (name.endsWith(program) && !entry.isDirectory()) {
            hasCommand = true;
        } else if (name.endsWith(MODULES) && entry.isFile()) {
            homes.add(name.substring(1, name.length() - MODULES.length()));
        } else if (name.endsWith(RELEASE) && entry.isFile() && entry.getSize() <= LONGEST_RELEASE) {
            String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
            // Other programs have files of this name too.
            release = JavaRelease.isOne(text) ? text : release;
        }
    }

    /** Whether there is anything that could be Java. */
    boolean exists() {
        return hasCommand || !homes.isEmpty();
    }

    /** Returns the version that Java's own files name; empty if they name none. */
    public Optional<JavaRelease> release() {
        return JavaRelease.parse(release);
    }

    /**
     * Writes Java below a folder, which is emptied first.
     *
     * @throws IOException if the image has no Java, or one that does not run on this machine
     */
    public JavaHome extract(Path folder) throws IOException {
        if (homes.isEmpty()) {
            throw new IOException("there is no complete Java in the base image");
        }
        Folders.delete(folder);
        Files.createDirectories(folder);
        String home = homes.first();
        image.eachEntry((entry, content) -> {
            String name = ImageTar.name(entry);
            if (name.startsWith(home + "/") || name.startsWith(DEBIAN_CONFIGURATION)) {
                extract(entry, content, folder);
            }
        });
        return JavaHome.at(folder.resolve(home));
    }

    private static void extract(TarArchiveEntry entry, InputStream content, Path root) throws IOException {
        Path target = root.resolve(ImageTar.name(entry)).normalize();
        if (!target.startsWith(root) || entry.isDirectory() || hasLinkAbove(target, root)) {
            return;
        }
        Files.createDirectories(target.getParent());
        Files.deleteIfExists(target);
        if (entry.isSymbolicLink()) {
            String link = entry.getLinkName();
            Files.createSymbolicLink(target, link.startsWith("/") ? root.resolve(link.substring(1)) : Path.of(link));
        } else if (entry.isLink()) {
            Path other = root.resolve(ImageTar.plain(entry.getLinkName())).normalize();
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
}
