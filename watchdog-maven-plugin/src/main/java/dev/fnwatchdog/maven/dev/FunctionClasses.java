package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.files.Folders;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of a function. The function runs with copies of the folders, and of snapshots: neither the compiler nor who
 * installs a snapshot again may change the classes of a version that still serves requests.
 *
 * @param elements jars and folders, without those that do not exist
 */
public record FunctionClasses(List<Path> elements) {
    private static final String SNAPSHOT = "-SNAPSHOT";

    /** Creates a class path from Maven's. */
    public static FunctionClasses of(List<String> elements) {
        return new FunctionClasses(
                elements.stream().map(Path::of).filter(Files::exists).distinct().toList());
    }

    /** Returns the same class path with copies of all folders and snapshots, which are made in {@code folder}. */
    FunctionClasses copiedTo(Path folder) throws IOException {
        Folders.delete(folder);
        List<Path> copies = new ArrayList<>();
        for (Path element : elements) {
            Path copy = folder.resolve(Integer.toString(copies.size()));
            if (Files.isDirectory(element)) {
                copies.add(copy(element, copy));
            } else if (element.getFileName().toString().contains(SNAPSHOT)) {
                copies.add(copyFile(element, copy.resolve(element.getFileName())));
            } else {
                copies.add(element);
            }
        }
        return new FunctionClasses(List.copyOf(copies));
    }

    private static Path copyFile(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        return Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        return to;
    }

    /** Returns the class path as a setting or as {@code CLASSPATH}. */
    String joined() {
        return elements.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
