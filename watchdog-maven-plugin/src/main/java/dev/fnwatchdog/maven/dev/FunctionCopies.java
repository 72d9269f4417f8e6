package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.maven.artifact.DependencyResolutionRequiredException;

/**
 * One copy of the function's classes for each of its versions. A copy is kept while a request may use it. Several
 * Mavens that run one function, on different ports, have separate copies. They are not among the files of the build,
 * which {@code mvn clean} in another terminal deletes.
 *
 * <p>Threads: one.
 */
public final class FunctionCopies implements AutoCloseable {
    /** The number of copies that are kept in any case, because one of them may be of a version that is starting. */
    private static final int MIN_KEPT = 3;

    private static final String PREFIX = "watchdog-run-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]{1,18})-.*");

    /** Provides the classes. */
    public interface Source {
        FunctionClasses now() throws DependencyResolutionRequiredException;
    }

    private record Copy(Path folder, long nanoTime) {}

    private final Path folder;
    private final Duration maxRequestDuration;
    private final Source source;

    // Mutable state
    private final Deque<Copy> copies = new ArrayDeque<>();
    private int number;

    /**
     * Creates a folder of its own, and deletes those that killed runs have left.
     *
     * @param temporary the folder for temporary files; not one of the build, which {@code mvn clean} would delete
     * @param maxRequestDuration how long a request may run after a newer version has replaced its own
     */
    public FunctionCopies(Path temporary, Duration maxRequestDuration, Source source) throws IOException {
        this.folder = Files.createTempDirectory(
                temporary, PREFIX + ProcessHandle.current().pid() + "-");
        this.maxRequestDuration = maxRequestDuration;
        this.source = source;
        for (Path leftover : leftovers(temporary)) {
            // Another user's folder cannot be deleted.
            if (Files.getOwner(leftover).equals(Files.getOwner(folder))) {
                Folders.delete(leftover);
            }
        }
    }

    private static List<Path> leftovers(Path temporary) throws IOException {
        try (Stream<Path> found = Files.list(temporary)) {
            return found.filter(FunctionCopies::isLeftover).toList();
        }
    }

    private static boolean isLeftover(Path folder) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
    }

    /** Deletes all copies. */
    @Override
    public void close() throws IOException {
        Folders.delete(folder);
    }

    /** Returns a copy of the current classes. */
    public FunctionClasses next() throws IOException, DependencyResolutionRequiredException {
        number++;
        long now = System.nanoTime();
        Path copy = folder.resolve(Integer.toString(number));
        FunctionClasses classes = source.now().copiedTo(copy);
        copies.addLast(new Copy(copy, now));
        // The first copy was current until the second was made: its requests began before that.
        while (copies.size() > MIN_KEPT
                && Duration.ofNanos(now - second().nanoTime()).compareTo(maxRequestDuration) > 0) {
            Folders.delete(copies.removeFirst().folder());
        }
        return classes;
    }

    private Copy second() {
        return copies.stream().skip(1).findFirst().orElseThrow();
    }
}
