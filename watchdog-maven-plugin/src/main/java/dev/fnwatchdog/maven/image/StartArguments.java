package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.core.config.ModeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The options of the image's JVM, and the file in the image that contains them, which the watchdog and its health check
 * share.
 */
public final class StartArguments {
    private static final int SHARE_BESIDE_A_PROCESS = 25;
    private static final int SHARE_WITH_THE_FUNCTION = 60;

    // The same for all versions of Java.
    private static final List<String> EVERYWHERE = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UseSerialGC",
            "-XX:ReservedCodeCacheSize=48m",
            // Code that runs only at startup is not worth compiling, which would take most of the startup's processor
            // time.
            "-XX:CompileThresholdScaling=3",
            // Memory that the compiler has freed returns to the system: a quarter of the memory under load.
            "-XX:TrimNativeHeapInterval=5000",
            "-XX:+ExitOnOutOfMemoryError",
            // Otherwise the JVM writes to /tmp, which may be read-only.
            "-XX:-UsePerfData");

    /** For a JVM in which only the watchdog runs, whose needs are known. */
    private static final List<String> ALONE = List.of(
            // A larger young generation would fill up before it is collected, and stay in memory. With this size
            // startup needs no collection, and what hundreds of requests hold fits into the survivor spaces.
            "-XX:MaxNewSize=12m",
            "-XX:SurvivorRatio=4",
            // Nothing is called by reflection more than a few times, and the JDK's faster way generates classes for it.
            "-Djdk.reflect.useNativeAccessorOnly=true");

    private StartArguments() {}

    /**
     * Returns the options for a container: a small heap, a short startup, and an exit when memory runs out. The
     * project's own options come last, and take precedence.
     */
    public static List<String> options(ModeConfig mode, List<String> own) {
        boolean alone = !(mode instanceof ModeConfig.Inproc);
        int share = alone ? SHARE_BESIDE_A_PROCESS : SHARE_WITH_THE_FUNCTION;
        List<String> options = new ArrayList<>(EVERYWHERE);
        options.add("-XX:MaxRAMPercentage=" + share);
        // Applies in containers below about 256 MB.
        options.add("-XX:MinRAMPercentage=" + share);
        options.addAll(alone ? ALONE : List.of());
        options.addAll(own);
        return List.copyOf(options);
    }

    /** Writes the options and the jar in the format that the {@code java} command reads after an {@code @}. */
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
