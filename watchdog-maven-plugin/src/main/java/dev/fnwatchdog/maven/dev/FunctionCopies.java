package dev.fnwatchdog.maven.dev;

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
 * One copy of the function's classes for each version of it. A copy is kept as long as a call may be in it; several Mavens that
 * run one function, on ports of their own, have copies of their own.
 *
 * <p>Threads: one.
 */
public final class FunctionCopies {
    /** However soon they are over: what is being started may be one of them. */
    private static final int KEPT = 3;

    /** Where classes come from. */
    public interface Source {
        FunctionClasses now() throws DependencyResolutionRequiredException;
    }

    private record Copy(Path folder, long nanoTime) {}

    private final Path folder;
    private final Duration longestCall;
    private final Source source;

    // Mutable state
    private final Deque<Copy> copies = new ArrayDeque<>();
    private int number;

    /**
     * Deletes what earlier runs have left in {@code folder}.
     *
     * @param longestCall how long a call may go on after a newer version has taken over
     */
    public FunctionCopies(Path folder, Duration longestCall, Source source) throws IOException {
        long own = ProcessHandle.current().pid();
        this.folder = folder.resolve(Long.toString(own));
        this.longestCall = longestCall;
        this.source = source;
        for (Path left : leftIn(folder)) {
            Optional<ProcessHandle> owner = owner(left);
            if (owner.isEmpty() || owner.get().pid() == own) {
                FunctionClasses.delete(left);
            }
        }
    }

    private static List<Path> leftIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(folder)) {
            return found.toList();
        }
    }

    private static Optional<ProcessHandle> owner(Path left) {
        try {
            return ProcessHandle.of(Long.parseLong(left.getFileName().toString()));
        } catch (NumberFormatException nobody) {
            return Optional.empty();
        }
    }

    /** A copy of the classes as they are now. */
    public FunctionClasses next() throws IOException, DependencyResolutionRequiredException {
        number++;
        long now = System.nanoTime();
        Path copy = folder.resolve(Integer.toString(number));
        FunctionClasses classes = source.now().copiedTo(copy);
        copies.addLast(new Copy(copy, now));
        // The first copy was current until the second was made: its calls began before that.
        while (copies.size() > KEPT
                && Duration.ofNanos(now - second().nanoTime()).compareTo(longestCall) > 0) {
            FunctionClasses.delete(copies.removeFirst().folder());
        }
        return classes;
    }

    private Copy second() {
        return copies.stream().skip(1).findFirst().orElseThrow();
    }
}
