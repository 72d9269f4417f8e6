package dev.fnwatchdog.maven.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a watchdog is started in a JVM of its own.
 *
 * @param java the program that starts JVMs
 * @param jvmArguments what comes before {@code -jar}
 * @param jar the watchdog
 * @param directory where it runs; also where relative settings begin
 * @param environment all of its variables: none of this JVM's are added
 * @param report the file in which it tells its ports
 * @param stopTimeout how long its calls and its function may take to end
 */
public record WatchdogLaunch(
        Path java,
        List<String> jvmArguments,
        Path jar,
        Path directory,
        Map<String, String> environment,
        Path report,
        Duration stopTimeout) {
    /** A start that is soon over matters more here than the speed after hours; what the user says comes later, and wins. */
    private static final List<String> QUICK_START =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

    List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(QUICK_START);
        command.addAll(jvmArguments);
        command.addAll(List.of("-jar", jar.toString(), "--controlled", report.toString()));
        return command;
    }
}
