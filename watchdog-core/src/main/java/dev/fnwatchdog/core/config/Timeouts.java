package dev.fnwatchdog.core.config;

import java.time.Duration;

/**
 * How long things may take (contract 1). None is negative.
 *
 * @param exec a call; zero is no limit
 * @param read a client sending a whole request; zero is no limit
 * @param write a response being sent, and a drain; over zero
 * @param healthcheck how long to keep serving after SIGTERM; zero is not at all
 */
public record Timeouts(Duration exec, Duration read, Duration write, Duration healthcheck) {
    public Timeouts {
        if (write.isZero() || write.isNegative()) {
            throw new InvalidConfigException("write_timeout", GoDuration.format(write), ValueTypes.WRITE_EXPECTED);
        }
    }
}
