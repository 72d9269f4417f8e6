package dev.fnwatchdog.undertow.internal.inproc.scan;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The classes of some jars and folders, of which none is loaded until it is found (specification 5.14).
 *
 * <p>Threads: one.
 */
public final class ClassIndex {
    private static final String SUFFIX = ".class";

    private final ClassLoader loader;
    private final Map<String, ScannedClass> classes = new TreeMap<>();

    private ClassIndex(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Reads all class files of {@code archives}.
     *
     * @param loader loads the classes that are found
     */
    public static ClassIndex of(List<Path> archives, ClassLoader loader) throws IOException {
        ClassIndex index = new ClassIndex(loader);
        for (Path archive : archives) {
            if (Files.isDirectory(archive)) {
                index.addFolder(archive);
            } else {
                index.addJar(archive);
            }
        }
        return index;
    }

    private void addFolder(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (isScanned(folder.relativize(file).toString())) {
                    add(file.toString(), Files.readAllBytes(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void addJar(Path jar) throws IOException {
        try (ZipFile file = new ZipFile(jar.toFile())) {
            for (ZipEntry entry :
                    file.stream().filter(entry -> isScanned(entry.getName())).toList()) {
                try (var content = file.getInputStream(entry)) {
                    add(entry.getName() + " of " + jar, content.readAllBytes());
                }
            }
        }
    }

    /** Returns whether this is a class that can be found; under META-INF are versions of classes for newer JDKs. */
    private static boolean isScanned(String name) {
        return name.endsWith(SUFFIX) && !name.startsWith("META-INF/") && !name.endsWith("-info.class");
    }

    private void add(String location, byte[] file) throws IOException {
        ScannedClass scanned = ScannedClass.parse(location, file);
        classes.putIfAbsent(scanned.name(), scanned);
    }

    /** Returns the classes that have this annotation, on themselves, a field or a method, sorted by name. */
    public List<Class<?>> annotatedWith(Class<?> annotation) {
        return load(scanned -> scanned.annotations().contains(annotation.getName()));
    }

    /** Returns the classes that extend or implement this type, sorted by name. */
    public List<Class<?>> subtypesOf(Class<?> type) {
        Map<String, Boolean> known = new HashMap<>();
        known.put(type.getName(), true);
        return load(scanned -> !scanned.name().equals(type.getName()) && isSubtype(scanned.name(), type, known));
    }

    private boolean isSubtype(String name, Class<?> type, Map<String, Boolean> known) {
        Boolean answer = known.get(name);
        if (answer == null) {
            known.put(name, false);
            ScannedClass scanned = classes.get(name);
            answer = scanned == null
                    ? find(name).filter(type::isAssignableFrom).isPresent()
                    : scanned.supertypes().stream().anyMatch(supertype -> isSubtype(supertype, type, known));
            known.put(name, answer);
        }
        return answer;
    }

    private List<Class<?>> load(Predicate<ScannedClass> condition) {
        return classes.values().stream()
                .filter(condition)
                .flatMap(scanned -> find(scanned.name()).stream())
                .<Class<?>>flatMap(Stream::of)
                .toList();
    }

    /** Empty where a library that a class refers to is absent; the container then goes on (Servlet 6.0, 8.2.4). */
    private Optional<Class<?>> find(String name) {
        try {
            return Optional.of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError absent) {
            return Optional.empty();
        }
    }
}
