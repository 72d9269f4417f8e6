package dev.fnwatchdog.maven.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a project has for an image.
 *
 * @param watchdog the fat jar
 * @param libraries in the order of the class path
 * @param classes the project's compiled classes and resources; need not exist
 * @param extra a folder whose content goes to the image's root as it is; need not exist
 */
public record FunctionFiles(Path watchdog, List<Library> libraries, Path classes, Path extra) {
    static final String HOME = "/home/app";
    public static final String WATCHDOG_HOME = "/usr/lib/watchdog";
    public static final String WATCHDOG_JAR = WATCHDOG_HOME + "/watchdog.jar";
    static final String START = WATCHDOG_HOME + "/start";
    private static final String CLASSES = HOME + "/classes";
    private static final String LIBRARIES = HOME + "/lib/";

    public FunctionFiles {
        libraries = List.copyOf(libraries);
    }

    /**
     * A jar that the function needs.
     *
     * @param changing whether the same version may have another content tomorrow
     */
    record Library(String groupId, Path file, boolean changing) {}

    /** In change order, what changes least first; empty ones are left out. */
    public List<ImageLayer> layers(Path start) throws IOException {
        Map<Path, String> names = libraryPaths();
        List<ImageLayer> layers = new ArrayList<>();
        layers.add(new ImageLayer(
                "watchdog", List.of(new LayerFile(watchdog, WATCHDOG_JAR), new LayerFile(start, START))));
        layers.add(libraries("libraries", names, false));
        layers.add(libraries("snapshots", names, true));
        layers.add(new ImageLayer("classes", FileTree.files(classes, CLASSES)));
        layers.add(new ImageLayer("files", FileTree.files(extra, "")));
        layers.removeIf(layer -> layer.files().isEmpty());
        return layers;
    }

    /** Where the function's classes are in the image, class path order, for {@code function_path}; empty where there are none. */
    List<String> functionPath() throws IOException {
        List<String> path = new ArrayList<>();
        if (!FileTree.files(classes, CLASSES).isEmpty()) {
            path.add(CLASSES);
        }
        Map<Path, String> names = libraryPaths();
        libraries.forEach(library -> path.add(names.getOrDefault(library.file(), "")));
        return path;
    }

    /** Whether the project has code of its own. */
    boolean hasClasses() throws IOException {
        return FileTree.files(classes, CLASSES).stream()
                .anyMatch(file -> file.path().endsWith(".class"));
    }

    private ImageLayer libraries(String name, Map<Path, String> names, boolean changing) {
        return new ImageLayer(
                name,
                libraries.stream()
                        .filter(library -> library.changing() == changing)
                        .map(library -> new LayerFile(library.file(), names.getOrDefault(library.file(), "")))
                        .toList());
    }

    // Two libraries may have files of one name: then each has its group before it.
    private Map<Path, String> libraryPaths() {
        Map<String, Integer> uses = new TreeMap<>();
        libraries.forEach(library -> uses.merge(fileName(library), 1, Integer::sum));
        Map<Path, String> paths = new TreeMap<>();
        for (Library library : libraries) {
            String name = fileName(library);
            boolean shared = uses.getOrDefault(name, 1) > 1;
            paths.put(library.file(), LIBRARIES + (shared ? library.groupId() + "-" + name : name));
        }
        return paths;
    }

    private static String fileName(Library library) {
        if (!Files.isRegularFile(library.file())) {
            throw new IllegalArgumentException(
                    "%s is no jar: run the goal in the phase package or later".formatted(library.file()));
        }
        return String.valueOf(library.file().getFileName());
    }
}
