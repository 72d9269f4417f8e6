package dev.fnwatchdog.core.health;

import java.util.OptionalInt;

/** The possible results of {@code /_/ready} (specification 2.2). */
public enum Readiness {
    /** Not started, shutting down, or without its lock file. */
    NOT_ACCEPTING(503),
    /** {@code max_inflight} is reached: another instance should get the next request. */
    SATURATED(429),
    /** The response of the function to GET on {@code ready_path} decides (specification 2.4). */
    ASK_FUNCTION(0),
    READY(200);

    private final int status;

    Readiness(int status) {
        this.status = status;
    }

    /** Returns the HTTP status of the response; empty for {@link #ASK_FUNCTION}. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    public static Readiness decide(boolean accepting, boolean limitReached, boolean hasReadyPath) {
        if (!accepting) {
            return NOT_ACCEPTING;
        }
        if (limitReached) {
            return SATURATED;
        }
        return hasReadyPath ? ASK_FUNCTION : READY;
    }
}
