package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.maven.artifact.DependencyResolutionRequiredException;

/**
 * One copy of the function's classes for each of its versions. A copy is kept while a request may use it. Several
 * Mavens that run one function, on different ports, have separate copies.
 *
 * <p>Threads: one.
 */
public final class FunctionCopies {
    /** The number of copies that are kept in any case, because one of them may be of a version that is starting. */
    private static final int MIN_KEPT = 3;

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
     * Deletes what earlier runs have left in {@code folder}.
     *
     * @param maxRequestDuration how long a request may run after a newer version has replaced its own
     */
    public FunctionCopies(Path folder, Duration maxRequestDuration, Source source) throws IOException {
        long own = ProcessHandle.current().pid();
        this.folder = folder.resolve(Long.toString(own));
        this.maxRequestDuration = maxRequestDuration;
        this.source = source;
        for (Path leftover : leftovers(folder)) {
            Optional<ProcessHandle> owner = owner(leftover);
            if (owner.isEmpty() || owner.get().pid() == own) {
                Folders.delete(leftover);
            }
        }
    }

    private static List<Path> leftovers(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.toList();
        }
    }

    private static Optional<ProcessHandle> owner(Path leftover) {
        try {
            return ProcessHandle.of(Long.parseLong(leftover.getFileName().toString()));
        } catch (NumberFormatException notAPid) {
            return Optional.empty();
        }
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
