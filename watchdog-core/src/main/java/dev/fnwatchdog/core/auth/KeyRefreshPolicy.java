package dev.fnwatchdog.core.auth;

import java.time.Duration;

/**
 * How often the authority is asked, and how long anybody waits for it (contract 8).
 *
 * @param refresh from one regular reading of the key set to the next
 * @param pause the shortest from one reading to the next that an unknown key brings about
 * @param patience the longest that a call waits for such a reading
 * @param reading the longest that reading one document may take
 */
record KeyRefreshPolicy(Duration refresh, Duration pause, Duration patience, Duration reading) {
    static final KeyRefreshPolicy USUAL = new KeyRefreshPolicy(
            Duration.ofMinutes(5), Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(5));
}
