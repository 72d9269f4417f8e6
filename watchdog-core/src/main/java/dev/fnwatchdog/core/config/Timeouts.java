package dev.fnwatchdog.core.config;

import java.time.Duration;

/**
 * The timeouts of requests and of a shutdown (specification 1.16 to 1.19). None is negative.
 *
 * <pre>{@code
 * Timeouts timeouts = WatchdogConfig.parse(System.getenv()).timeouts();
 * Duration longestShutdown = timeouts.healthcheck().plus(timeouts.write()).plusSeconds(15);
 * }</pre>
 *
 * @param exec the maximum duration of a request; zero: no limit
 * @param read the maximum time in which a client has to send a whole request; zero: no limit
 * @param write the maximum time for sending a response, and for draining at shutdown; more than zero
 * @param healthcheck how long to keep serving after SIGTERM; zero: not at all
 */
public record Timeouts(Duration exec, Duration read, Duration write, Duration healthcheck) {
    /**
     * Checks {@code write}.
     *
     * @throws InvalidConfigException if {@code write} is not more than zero
     */
    public Timeouts {
        if (write.isZero() || write.isNegative()) {
            throw new InvalidConfigException("write_timeout", GoDuration.format(write), ValueTypes.WRITE_EXPECTED);
        }
    }
}
