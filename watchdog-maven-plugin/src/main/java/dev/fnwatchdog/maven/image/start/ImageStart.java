package dev.fnwatchdog.maven.image.start;

import dev.fnwatchdog.core.process.training.TrainingSettings;
import dev.fnwatchdog.core.process.training.WatchdogStart;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.base.JavaHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One start of the watchdog with an image's files and settings on this machine. */
public final class ImageStart {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final String PATH = "PATH";

    private final Path exploded;
    private final Map<String, String> settings;

    /**
     * Creates a start.
     *
     * @param exploded the image's layers as {@link ExplodedLayers} writes them
     * @param upstreamPort the port of the stand-in for a function that has a server of its own
     */
    public ImageStart(JavaHome java, Path exploded, PlannedImage plan, int upstreamPort) {
        this.exploded = exploded;
        this.settings = new TrainingSettings(java.command(), jar(), upstream -> "http://127.0.0.1:" + upstreamPort)
                .of(onThisMachine(plan.image().environment()), plan.config().mode());
    }

    /** Returns where the watchdog's jar is on this machine. */
    public String jar() {
        return Path.of(ExplodedLayers.find(exploded, FunctionFiles.WATCHDOG_JAR))
                .toAbsolutePath()
                .toString();
    }

    private Map<String, String> onThisMachine(Map<String, String> environment) {
        Map<String, String> found = new TreeMap<>(environment);
        found.putIfAbsent(PATH, System.getenv().getOrDefault(PATH, ""));
        found.computeIfPresent("static_path", (name, path) -> ExplodedLayers.find(exploded, path));
        found.computeIfPresent(
                "function_path",
                (name, paths) -> Stream.of(paths.split(":", -1))
                        .map(path -> ExplodedLayers.find(exploded, path))
                        .collect(Collectors.joining(":")));
        return found;
    }

    /**
     * Starts it, and stops it again.
     *
     * @param temporary the folder for its output and its lock file
     * @param more settings in addition
     */
    public WatchdogStart.Outcome run(
            List<String> command,
            Path workingFolder,
            Path temporary,
            Map<String, String> more,
            WatchdogStart.Serving serving)
            throws IOException {
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(more);
        all.put("TMPDIR", temporary.toString());
        try {
            return new WatchdogStart(command, temporary, all, TIMEOUT).run(workingFolder, serving);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the build was interrupted", e);
        }
    }
}
