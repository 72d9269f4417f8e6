package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.ModeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The options of the image's JVM, and the file in the image that holds them: one for the watchdog and for its health check. */
final class StartArguments {
    private static final int SHARE_BESIDE_A_PROCESS = 25;
    private static final int SHARE_WITH_THE_FUNCTION = 60;

    private StartArguments() {}

    /** For a container: small, and gone when memory is. The project's own come last, so that they win. */
    static List<String> options(ModeConfig mode, List<String> own) {
        int share = mode instanceof ModeConfig.Inproc ? SHARE_WITH_THE_FUNCTION : SHARE_BESIDE_A_PROCESS;
        List<String> options = new ArrayList<>(List.of(
                // One list for all versions of Java.
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+UseSerialGC",
                "-XX:ReservedCodeCacheSize=48m",
                // The second holds in containers below 256 MB or so.
                "-XX:MaxRAMPercentage=" + share,
                "-XX:MinRAMPercentage=" + share,
                "-XX:+ExitOnOutOfMemoryError",
                // Else it writes to /tmp, which may be read-only.
                "-XX:-UsePerfData"));
        options.addAll(own);
        return List.copyOf(options);
    }

    /** Writes the options and the jar as the {@code java} command reads them after an {@code @}. */
    static void write(List<String> options, Path file) throws IOException {
        List<String> lines = new ArrayList<>(options);
        lines.add("-jar");
        lines.add(FunctionFiles.WATCHDOG_JAR);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, lines.stream().map(line -> quoted(line) + "\n").collect(Collectors.joining()));
    }

    private static String quoted(String argument) {
        if (argument.chars().noneMatch(c -> Character.isWhitespace(c) || "\"'\\#".indexOf(c) >= 0)) {
            return argument;
        }
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
