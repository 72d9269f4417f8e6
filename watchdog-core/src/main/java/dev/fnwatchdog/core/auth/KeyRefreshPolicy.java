package dev.fnwatchdog.core.auth;

import java.time.Duration;

/**
 * How often the authority is asked, and how long anybody waits for it (contract 8).
 *
 * @param refreshInterval from one regular reading of the key set to the next
 * @param minInterval the shortest from one reading to the next that an unknown key brings about
 * @param maxWait the longest that a call waits for such a reading
 * @param fetchTimeout the longest that reading one document may take
 */
record KeyRefreshPolicy(Duration refreshInterval, Duration minInterval, Duration maxWait, Duration fetchTimeout) {
    static final KeyRefreshPolicy DEFAULT = new KeyRefreshPolicy(
            Duration.ofMinutes(5), Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(5));
}
