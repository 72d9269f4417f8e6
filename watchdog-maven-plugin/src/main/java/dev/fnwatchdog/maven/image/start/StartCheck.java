package dev.fnwatchdog.maven.image.start;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.process.training.WatchdogStart;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.files.Folders;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.base.JavaHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts the watchdog once with an image's files and settings, to learn whether it starts in the image.
 *
 * @param imagesJava whether it is the image's own Java
 * @param folder the working folder
 */
public record StartCheck(JavaHome java, boolean imagesJava, Path folder) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FAILED = 1;
    // A port on which nothing listens: whether the stand-in for a function is there does not matter here.
    private static final int NO_UPSTREAM = 1;
    private static final List<String> FILES =
            List.of("function_path", "static_path", "SSL_CERT_FILE", "SSL_CERT_DIR", "PROMETHEUS_CONFIG");
    // An older Java cannot load what a newer one can.
    private static final Pattern OTHER_JAVA = Pattern.compile("java\\.lang\\.\\w*Error");

    /**
     * Starts the watchdog.
     *
     * @param exploded the image's layers as {@link ExplodedLayers} writes them
     * @return one line: that it starts, or why that is not known
     * @throws WatchdogFailedException if the watchdog refuses to start, for a reason that holds in the image as well
     */
    public String run(Path exploded, PlannedImage plan) throws IOException, WatchdogFailedException {
        Folders.delete(folder);
        Files.createDirectories(folder);
        ImageStart start = new ImageStart(java, exploded, plan, NO_UPSTREAM);
        WatchdogStart.Outcome outcome = start.run(
                command(start.jar(), plan.options()), folder, folder, Map.of("log_format", "json"), ports -> {});
        if (outcome.succeeded()) {
            return "The watchdog starts with these files and settings on Java %s%s"
                    .formatted(java.build(), imagesJava ? ", the image's" : "; the image's Java was not tried");
        }
        JsonNode error = lastError(outcome);
        Optional<String> doubt = doubt(outcome, error, plan, exploded);
        if (doubt.isEmpty()) {
            throw new WatchdogFailedException("the watchdog would not start in the image: "
                    + error.path("msg").asText());
        }
        return "It is not known whether the watchdog starts in the image: " + doubt.get();
    }

    private List<String> command(String jar, List<String> options) {
        List<String> command = new ArrayList<>(List.of(java.command().toString()));
        command.addAll(options);
        command.addAll(List.of("-jar", jar));
        return command;
    }

    /** Returns the last error that the watchdog has logged; a missing node if there is none. */
    private static JsonNode lastError(WatchdogStart.Outcome outcome) {
        JsonNode last = MissingNode.getInstance();
        for (String line : outcome.output()) {
            JsonNode entry = read(line);
            if (entry.path("level").asText().equals("error") && entry.has("msg")) {
                last = entry;
            }
        }
        return last;
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException notOfTheWatchdog) {
            return MissingNode.getInstance();
        }
    }

    /** Returns why a failed start may still succeed in the image; empty if it cannot. */
    private Optional<String> doubt(WatchdogStart.Outcome outcome, JsonNode error, PlannedImage plan, Path exploded) {
        String message = error.path("msg").asText();
        if (error.isMissingNode() || outcome.exitStatus() != FAILED) {
            return Optional.of("it failed here without a message of its own (" + outcome.lastLines() + ")");
        }
        if (error.has("stack")) {
            return Optional.of("the function's own code has failed here: " + message);
        }
        if (!(plan.config().mode() instanceof ModeConfig.Inproc) && !message.contains("cannot be used")) {
            return Optional.of("it failed here with a stand-in for the function: " + message);
        }
        if (!imagesJava && OTHER_JAVA.matcher(message).find()) {
            return Optional.of("it was tried with Java %s: %s".formatted(java.build(), message));
        }
        return elsewhere(plan.image().environment(), exploded)
                .map(file -> "%s is not among the project's files, and here there was no %s: %s"
                        .formatted(file, file, message));
    }

    /** Returns a file or folder of the settings that only the base image can have. */
    private static Optional<String> elsewhere(Map<String, String> environment, Path exploded) {
        return FILES.stream()
                .flatMap(name -> Stream.of(environment.getOrDefault(name, "").split(":", -1)))
                .filter(path -> !path.isEmpty())
                .filter(path -> !path.startsWith("/")
                        || ExplodedLayers.find(exploded, path).equals(path))
                .findFirst();
    }
}
