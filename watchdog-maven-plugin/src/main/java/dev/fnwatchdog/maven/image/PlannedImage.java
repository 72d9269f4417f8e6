package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.core.config.WatchdogConfig;
import java.util.List;

/**
 * An image that can be built.
 *
 * @param config what the watchdog in it makes of its environment
 * @param options of its JVM
 */
public record PlannedImage(FunctionImage image, WatchdogConfig config, List<String> options) {
    public PlannedImage {
        options = List.copyOf(options);
    }
}
