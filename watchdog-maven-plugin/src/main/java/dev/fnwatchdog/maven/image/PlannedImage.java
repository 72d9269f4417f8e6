package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.core.config.WatchdogConfig;
import java.util.List;

/**
 * An image that is ready to be built.
 *
 * @param config the settings as the watchdog in the image will read them
 * @param options of the image's JVM
 */
public record PlannedImage(FunctionImage image, WatchdogConfig config, List<String> options) {
    public PlannedImage {
        options = List.copyOf(options);
    }
}
