package dev.fnwatchdog.undertow;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A program that a test runs and that a machine may lack. */
final class RequiredProgram {
    private RequiredProgram() {}

    /**
     * Checks that the program {@code name} is on the path. Without it the test is skipped on a developer's machine, and
     * fails where {@code CI} is true.
     *
     * @param purpose what cannot be tested without it, for the reason that is printed
     */
    static void require(String name, String purpose) {
        List<String> folders = Arrays.asList(System.getenv("PATH").split(File.pathSeparator, -1));
        if (folders.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, name)))) {
            return;
        }
        String reason = "%s is not installed: %s".formatted(name, purpose);
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            throw new IllegalStateException(reason);
        }
        System.err.println(reason);
        abort(reason);
    }
}
