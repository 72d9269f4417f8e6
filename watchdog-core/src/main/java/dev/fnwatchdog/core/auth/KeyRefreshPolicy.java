package dev.fnwatchdog.core.auth;

import java.time.Duration;

/**
 * How often the keys are fetched, and how long a request waits for them (specification 8.5).
 *
 * @param refreshInterval the interval between regular fetches of the key set
 * @param minInterval the shortest interval between fetches that an unknown key causes
 * @param maxWait the longest that a request waits for such a fetch
 * @param fetchTimeout the longest that fetching one document may take
 */
record KeyRefreshPolicy(Duration refreshInterval, Duration minInterval, Duration maxWait, Duration fetchTimeout) {
    static final KeyRefreshPolicy DEFAULT = new KeyRefreshPolicy(
            Duration.ofMinutes(5), Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(5));
}
