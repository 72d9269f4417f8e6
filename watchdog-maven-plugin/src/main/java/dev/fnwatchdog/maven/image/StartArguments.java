package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.core.config.ModeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The options of the image's JVM, and the file in the image that holds them: one for the watchdog and for its health check. */
public final class StartArguments {
    private static final int SHARE_BESIDE_A_PROCESS = 25;
    private static final int SHARE_WITH_THE_FUNCTION = 60;

    // One list for all versions of Java.
    private static final List<String> EVERYWHERE = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UseSerialGC",
            "-XX:ReservedCodeCacheSize=48m",
            // What runs at the start alone is not worth compiling, which would take most of the start's processor time.
            "-XX:CompileThresholdScaling=3",
            // What compiling has left behind goes back to the system: a quarter of the memory under load.
            "-XX:TrimNativeHeapInterval=5000",
            "-XX:+ExitOnOutOfMemoryError",
            // Else it writes to /tmp, which may be read-only.
            "-XX:-UsePerfData");

    /** Where nothing but the watchdog runs in the JVM, so that it is known what does it good. */
    private static final List<String> ALONE = List.of(
            // More room would be filled before it is collected, and stay in memory. In this a start needs no
            // collection,
            // and what hundreds of calls hold fits into the survivors.
            "-XX:MaxNewSize=12m",
            "-XX:SurvivorRatio=4",
            // Nothing is called by reflection more than a few times, and the JDK's faster way makes classes for it.
            "-Djdk.reflect.useNativeAccessorOnly=true");

    private StartArguments() {}

    /** For a container: small, soon there, and gone when memory is. The project's own come last, so that they win. */
    public static List<String> options(ModeConfig mode, List<String> own) {
        boolean alone = !(mode instanceof ModeConfig.Inproc);
        int share = alone ? SHARE_BESIDE_A_PROCESS : SHARE_WITH_THE_FUNCTION;
        List<String> options = new ArrayList<>(EVERYWHERE);
        options.add("-XX:MaxRAMPercentage=" + share);
        // Holds in containers below 256 MB or so.
        options.add("-XX:MinRAMPercentage=" + share);
        options.addAll(alone ? ALONE : List.of());
        options.addAll(own);
        return List.copyOf(options);
    }

    /** Writes the options and the jar as the {@code java} command reads them after an {@code @}. */
    public static void write(List<String> options, Path file) throws IOException {
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
