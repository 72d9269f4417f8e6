package dev.fnwatchdog.core.process;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The command that gives a process the default signal mask and dispositions, where the JDK starts it: the JVM blocks SIGQUIT
 * in each of its threads, and what {@code nohup} ignores stays ignored (specification 3.2). It is {@code env} of GNU coreutils
 * 8.31 and later, which costs most of a millisecond for each start.
 */
final class DefaultSignals {
    private static final String OPTION = "--default-signal";
    private static final long LIMIT_SECONDS = 2;

    /** What was found out about each program, so that it is tried once in a JVM. */
    private static final ConcurrentMap<List<String>, Boolean> KNOWN = new ConcurrentHashMap<>();

    private DefaultSignals() {}

    /** Returns the words to put before a command line; none where the system has no such command. */
    static List<String> command(Map<String, String> environment) {
        Optional<String> env = Executable.findIfPresent("env", environment);
        if (env.isEmpty()) {
            return List.of();
        }
        List<String> command = List.of(env.get(), OPTION);
        // Only what the program itself says is kept.
        return Boolean.TRUE.equals(KNOWN.computeIfAbsent(command, DefaultSignals::works)) ? command : List.of();
    }

    /**
     * Returns whether the option is known: without a command {@code env} prints the environment. Null where that was not found out.
     */
    private static @Nullable Boolean works(List<String> command) {
        try {
            Process trial = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                return trial.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) ? (Boolean) (trial.exitValue() == 0) : null;
            } finally {
                // Also after an interrupt; it closes the pipe to the process as well.
                trial.destroyForcibly();
            }
        } catch (IOException e) {
            // The system lacks something at this moment: this function is started without it, the next one may not be.
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
