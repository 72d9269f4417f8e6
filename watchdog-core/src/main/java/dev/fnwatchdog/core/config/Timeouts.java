package dev.fnwatchdog.core.config;

import java.time.Duration;

/**
 * The timeouts (specification 1.16 to 1.19). None is negative.
 *
 * @param exec the longest that a request may take; zero: no limit
 * @param read the longest that a client may take to send a whole request; zero: no limit
 * @param write the longest that sending a response, or a drain, may take; over zero
 * @param healthcheck how long to keep serving after SIGTERM; zero: not at all
 */
public record Timeouts(Duration exec, Duration read, Duration write, Duration healthcheck) {
    public Timeouts {
        if (write.isZero() || write.isNegative()) {
            throw new InvalidConfigException("write_timeout", GoDuration.format(write), ValueTypes.WRITE_EXPECTED);
        }
    }
}
