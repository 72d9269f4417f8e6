package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import java.time.Duration;

/** How long a watchdog may take from SIGTERM to its end (specification 7.5 to 7.9). */
final class LongestStop {
    /** While the listener accepts what the kernel has completed (specification 7.7). */
    private static final Duration LAST_CONNECTIONS = Duration.ofSeconds(3);
    /** A function that is asked to stop (specification 3.48, 5.24). */
    private static final Duration FUNCTION = Duration.ofSeconds(5);
    /** The refusals of waiting requests, the reaping of a killed function, a last scrape, and the end of the JVM. */
    private static final Duration REST = Duration.ofSeconds(7);

    private LongestStop() {}

    /** Returns the longest stop in whole seconds. */
    static long seconds(WatchdogConfig config) {
        Duration function = asks(config.mode()) ? FUNCTION : Duration.ZERO;
        return ceiling(config.timeouts()
                .healthcheck()
                .plus(LAST_CONNECTIONS)
                .plus(config.timeouts().write())
                .plus(function)
                .plus(REST));
    }

    /** Whether the function is asked to stop; the processes of the other modes are killed at once. */
    private static boolean asks(ModeConfig mode) {
        return mode instanceof ModeConfig.Http || mode instanceof ModeConfig.Inproc;
    }

    /** Rounds up to whole seconds. */
    static long ceiling(Duration duration) {
        return duration.toSeconds() + (duration.toNanosPart() > 0 ? 1 : 0);
    }
}
