package dev.fnwatchdog.core.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the executable file of a command. The system's own search is not used, because a missing command that runs through
 * {@code setsid} would fail only after its start, with a message of {@code setsid}.
 */
final class Executable {
    static final String NOT_FOUND = "no such file or directory";
    static final String DENIED = "permission denied";

    private static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    // The bytes of a script in which the kernel looks for its interpreter.
    private static final int FIRST_LINE = 256;

    private Executable() {}

    /** Returns the path of the program: an existing file that may be executed. */
    static String find(String program, Map<String, String> environment) throws FunctionFailedException {
        String found = program.contains("/") ? program : onPath(program, environment);
        Optional<String> problem = problem(found);
        if (problem.isPresent()) {
            throw failure(program, problem.get());
        }
        Optional<String> interpreter = interpreter(found);
        if (interpreter.isPresent() && problem(interpreter.get()).isPresent()) {
            // The system would report the same error for the script itself. The message names the interpreter, and
            // shows a carriage return at its end.
            String name = interpreter.get().replace("\r", "\\r");
            throw failure(program, problem(interpreter.get()).get() + " (its interpreter, \"" + name + "\")");
        }
        return found;
    }

    /** Returns the path of a program on {@code PATH}, if there is one that may be executed. */
    static Optional<String> findIfPresent(String program, Map<String, String> environment) {
        String found = onPath(program, environment);
        return problem(found).isEmpty() ? Optional.of(found) : Optional.empty();
    }

    static FunctionFailedException failure(String program, String reason) {
        return new FunctionFailedException(message(program, reason));
    }

    static String message(String program, String reason) {
        return "cannot start \"" + program + "\": " + reason;
    }

    /** Returns the first executable file on {@code PATH}, otherwise the first file, otherwise the bare name. */
    private static String onPath(String program, Map<String, String> environment) {
        String first = program;
        for (String folder : environment.getOrDefault("PATH", USUAL_PATH).split(":", -1)) {
            // Parity: as in Go, an empty entry does not mean the current folder.
            String candidate = folder + "/" + program;
            if (!folder.isEmpty() && problem(candidate).isEmpty()) {
                return candidate;
            }
            if (first.equals(program) && !folder.isEmpty() && isFile(candidate)) {
                first = candidate;
            }
        }
        return first;
    }

    private static boolean isFile(String path) {
        try {
            return Files.isRegularFile(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Optional<String> problem(String path) {
        try {
            Path file = Path.of(path);
            if (!path.contains("/") || !Files.exists(file)) {
                return Optional.of(NOT_FOUND);
            }
            return Files.isRegularFile(file) && Files.isExecutable(file) ? Optional.empty() : Optional.of(DENIED);
        } catch (InvalidPathException e) {
            // The system's encoding cannot represent the name: there is no such file.
            return Optional.of(NOT_FOUND);
        }
    }

    /** Returns the interpreter that the first line of a script names; empty if the file is no script. */
    private static Optional<String> interpreter(String path) {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            String head = new String(in.readNBytes(FIRST_LINE), StandardCharsets.ISO_8859_1);
            if (!head.startsWith("#!")) {
                return Optional.empty();
            }
            String line = head.substring(2).split("\n", 2)[0].replaceFirst("^[ \t]+", "");
            String name = line.split("[ \t]", 2)[0];
            return name.startsWith("/") ? Optional.of(name) : Optional.empty();
        } catch (IOException e) {
            // A program can be executable without being readable.
            return Optional.empty();
        }
    }
}
