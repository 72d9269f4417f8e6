package dev.fnwatchdog.maven.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a project for an image.
 *
 * @param watchdog the fat jar
 * @param libraries in the order of the class path
 * @param classes the project's compiled classes and resources; need not exist
 * @param extra a folder whose content is copied to the image's root unchanged; need not exist
 */
public record FunctionFiles(Path watchdog, List<Library> libraries, Path classes, Path extra) {
    /** The oldest feature version of Java on which the watchdog runs. */
    public static final int OLDEST_JAVA = 17;

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
     * @param changing whether the content may differ later under the same version
     */
    record Library(String groupId, Path file, boolean changing) {}

    /** Returns the layers, those that change least first; empty layers are left out. */
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

    /**
     * Returns the locations of the function's classes in the image for {@code function_path}, in class path order;
     * empty if there are none.
     */
    List<String> functionPath() throws IOException {
        List<String> path = new ArrayList<>();
        if (!FileTree.files(classes, CLASSES).isEmpty()) {
            path.add(CLASSES);
        }
        Map<Path, String> names = libraryPaths();
        libraries.forEach(library -> path.add(names.getOrDefault(library.file(), "")));
        return path;
    }

    /** Returns the oldest version of Java that runs the project's own classes, and the watchdog. */
    public int javaLevel() throws IOException {
        return JavaLevel.of(classes);
    }

    /** Returns the base image if the user names none: Temurin's JRE of the Java version that the project's classes need. */
    public String defaultBase() throws IOException {
        return "eclipse-temurin:%d-jre".formatted(JavaLevel.longTerm(classes));
    }

    /** Whether the project has classes of its own. */
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

    // If two libraries have the same file name, each is prefixed with its group.
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
                    "%s is not a jar: run the goal in the phase package or later".formatted(library.file()));
        }
        return String.valueOf(library.file().getFileName());
    }
}
