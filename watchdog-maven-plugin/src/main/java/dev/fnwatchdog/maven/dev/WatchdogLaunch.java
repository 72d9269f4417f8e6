package dev.fnwatchdog.maven.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a watchdog is started in a JVM of its own.
 *
 * @param java the {@code java} command
 * @param jvmArguments the arguments before {@code -jar}
 * @param jar the watchdog's jar
 * @param directory the working directory, to which relative settings refer
 * @param environment all variables: none of this JVM's are added
 * @param origins where those variables come from that are settings which the user has not set in the environment
 * @param report the file to which the watchdog writes its ports
 * @param function what the watchdog serves
 * @param stopTimeout how long the watchdog's requests and its function may take to end
 */
public record WatchdogLaunch(
        Path java,
        List<String> jvmArguments,
        Path jar,
        Path directory,
        Map<String, String> environment,
        Map<String, String> origins,
        Path report,
        Function function,
        Duration stopTimeout) {
    /** What is known of the function at the start. */
    public enum Function {
        /** It is built, and is not replaced. */
        BUILT(""),
        /** It is built, and newer versions replace it. */
        DEVELOPED("--developed"),
        /** It could not be built: the watchdog responds with an error until a version replaces it. */
        UNBUILT("--unbuilt");

        private final String option;

        Function(String option) {
            this.option = option;
        }
    }

    /**
     * Options for a short startup, which matters more here than speed after hours. The user's arguments come later, and
     * take precedence.
     */
    private static final List<String> QUICK_START =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

    /**
     * Returns the command.
     *
     * @param cache options of the JVM, which the user's arguments come after too
     */
    List<String> command(List<String> cache) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(QUICK_START);
        command.addAll(cache);
        command.addAll(jvmArguments);
        command.addAll(List.of("-jar", jar.toString(), "--controlled", report.toString()));
        if (!function.option.isEmpty()) {
            command.add(function.option);
        }
        return command;
    }
}
