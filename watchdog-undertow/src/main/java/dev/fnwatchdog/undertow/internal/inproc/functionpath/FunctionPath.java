package dev.fnwatchdog.undertow.internal.inproc.functionpath;

import dev.fnwatchdog.core.process.FunctionFailedException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * The jars and folders of {@code function_path}, with the jars in those folders.
 *
 * @param archives each a jar or a folder of classes, in the order of class loading
 */
public record FunctionPath(List<Path> archives) {
    private static final String WEB_INF = "WEB-INF";

    public FunctionPath {
        archives = List.copyOf(archives);
    }

    /**
     * Returns the archives of {@code function_path}.
     *
     * @param parts jars and folders; a folder stands for its classes and the jars in it
     */
    public static FunctionPath of(List<Path> parts) {
        List<Path> archives = new ArrayList<>();
        for (Path part : parts) {
            archives.add(part);
            archives.addAll(jarsIn(part));
        }
        return new FunctionPath(archives);
    }

    private static List<Path> jarsIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Refuses an archive whose classes are in archives of its own, and a folder whose classes are where those of a war are: no class
     * loader of the JDK finds them (specification 5.3).
     *
     * @throws FunctionFailedException says what to do instead
     */
    public void refuseNestedArchives() throws FunctionFailedException {
        for (Path archive : archives) {
            if (Files.isRegularFile(archive)) {
                refuseNested(archive);
            } else {
                refuseUnpackedWar(archive);
            }
        }
    }

    private static void refuseUnpackedWar(Path folder) throws FunctionFailedException {
        String parts = Stream.of("classes", "lib")
                .map(part -> folder.resolve(WEB_INF).resolve(part))
                .filter(Files::isDirectory)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        if (!parts.isEmpty()) {
            throw new FunctionFailedException(
                    "cannot use %s of function_path: it is an unpacked war; set function_path=%s"
                            .formatted(folder, parts));
        }
    }

    /** Returns each {@code web.xml} of a war of which the classes or the jars are here. It is not read (specification 5.14). */
    public Set<Path> deploymentDescriptors() {
        Set<Path> found = new LinkedHashSet<>();
        for (Path archive : archives) {
            Path parent = archive.toAbsolutePath().getParent();
            if (Files.isDirectory(archive) && parent != null && parent.endsWith(WEB_INF)) {
                found.add(archive.resolveSibling("web.xml"));
            }
        }
        found.removeIf(file -> !Files.isRegularFile(file));
        return found;
    }

    private static void refuseNested(Path archive) throws FunctionFailedException {
        try (ZipFile file = new ZipFile(archive.toFile())) {
            if (hasFolder(file, "BOOT-INF/lib/") || hasFolder(file, "BOOT-INF/classes/")) {
                String name = String.valueOf(archive.getFileName());
                throw new FunctionFailedException(("cannot use %s of function_path: its classes are in nested jars; run"
                                + " \"java -Djarmode=tools -jar %s extract --destination DIR\", and set"
                                + " function_path=DIR/%s:DIR/lib")
                        .formatted(archive, archive, name));
            }
            if (hasFolder(file, "WEB-INF/lib/") || hasFolder(file, "WEB-INF/classes/")) {
                throw new FunctionFailedException(
                        "cannot use %s of function_path: it is a war; unpack it into DIR, and set function_path=DIR/WEB-INF/classes:DIR/WEB-INF/lib"
                                .formatted(archive));
            }
        } catch (IOException e) {
            throw new FunctionFailedException(
                    "cannot read %s of function_path: %s".formatted(archive, e.getMessage()), e);
        }
    }

    private static boolean hasFolder(ZipFile file, String name) {
        return file.stream().anyMatch(entry -> entry.getName().startsWith(name));
    }
}
