package dev.fnwatchdog.maven.dev;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path that a function runs with, in copies, so that a version which still serves calls does not lose its classes to
 * the compiler.
 *
 * @param elements jars and folders, those that do not exist left out
 */
public record FunctionClasses(List<Path> elements) {
    /** As Maven tells a class path. */
    public static FunctionClasses of(List<String> elements) {
        return new FunctionClasses(
                elements.stream().map(Path::of).filter(Files::exists).distinct().toList());
    }

    /** The same, with {@code folder} holding copies of all folders. */
    FunctionClasses copiedTo(Path folder) throws IOException {
        delete(folder);
        List<Path> copies = new ArrayList<>();
        for (Path element : elements) {
            copies.add(
                    Files.isDirectory(element)
                            ? copy(element, folder.resolve(Integer.toString(copies.size())))
                            : element);
        }
        return new FunctionClasses(List.copyOf(copies));
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
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

    /** Deletes a folder with all that is in it, where it exists. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder)) {
            files = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    /** As a setting and as {@code CLASSPATH}. */
    String joined() {
        return elements.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
