package dev.fnwatchdog.maven;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.maven.artifact.DependencyResolutionRequiredException;

/** One copy of the function's classes for each version of it; the last ones are kept, since calls may still be in them. */
final class FunctionCopies {
    private static final int KEPT = 3;

    /** Where classes come from. */
    interface Source {
        FunctionClasses now() throws DependencyResolutionRequiredException;
    }

    private final Path folder;
    private final Source source;

    // Mutable state
    private int number;

    /** Deletes what an earlier run has left in {@code folder}. */
    FunctionCopies(Path folder, Source source) throws IOException {
        this.folder = folder;
        this.source = source;
        FunctionClasses.delete(folder);
    }

    /** A copy of the classes as they are now. */
    FunctionClasses next() throws IOException, DependencyResolutionRequiredException {
        number++;
        FunctionClasses.delete(copy(number - KEPT));
        return source.now().copiedTo(copy(number));
    }

    private Path copy(int which) {
        return folder.resolve(Integer.toString(which));
    }
}
