package dev.fnwatchdog.undertow.internal.devpage;

import java.time.Instant;

/**
 * What is known of the function and its last build.
 *
 * @param start when the watchdog has started; with {@code change} it distinguishes this state from all others
 * @param change the number of changes since then
 * @param version the number of versions that have served; the last of them is the current one
 * @param result of the last build
 * @param reason why the last build has no version; empty if it has one
 * @param at when the last build had its result
 */
record FunctionState(Instant start, int change, int version, Result result, String reason, Instant at) {
    /** How the last build ended. */
    enum Result {
        STARTING("The first version is starting"),
        SERVED("Built and served"),
        FAILED("Failed");

        private final String text;

        Result(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    static FunctionState starting(Instant now) {
        return new FunctionState(now, 0, 0, Result.STARTING, "", now);
    }

    FunctionState serving(Instant now) {
        return new FunctionState(start, change + 1, version + 1, Result.SERVED, "", now);
    }

    FunctionState failed(String why, Instant now) {
        return new FunctionState(start, change + 1, version, Result.FAILED, why, now);
    }

    /** Returns a text that no other state has, also of another watchdog on the same port: digits, letters and a hyphen. */
    String token() {
        return Long.toString(start.toEpochMilli(), Character.MAX_RADIX) + "-" + change;
    }
}
