package dev.fnwatchdog.undertow;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that a test runs and that a machine may lack. */
final class RequiredProgram {
    private RequiredProgram() {}

    /**
     * Finds the program {@code name} on the path, or where Debian keeps servers. Without it the test is skipped on a
     * developer's machine, and fails where {@code CI} is true.
     *
     * @param purpose what cannot be tested without it, for the reason that is printed
     */
    static Path require(String name, String purpose) {
        String folders = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
        Optional<Path> found = Stream.of(folders.split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        return found.orElseGet(() -> missing("%s is not installed: %s".formatted(name, purpose)));
    }

    private static Path missing(String reason) {
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            throw new IllegalStateException(reason);
        }
        System.err.println(reason);
        return abort(reason);
    }
}
