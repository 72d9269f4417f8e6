package dev.fnwatchdog.core.health;

import java.util.OptionalInt;

/** What {@code /_/ready} answers (contract 2). */
public enum Readiness {
    /** Not started, shutting down, or without its lock file. */
    NOT_ACCEPTING(503),
    /** {@code max_inflight} is met: another instance should get the next call. */
    SATURATED(429),
    /** The function has the last word, asked with GET on {@code ready_path}. */
    ASK_FUNCTION(0),
    READY(200);

    private final int status;

    Readiness(int status) {
        this.status = status;
    }

    /** The HTTP status to answer with; empty for {@link #ASK_FUNCTION}. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    public static Readiness decide(boolean accepting, boolean limitMet, boolean hasReadyPath) {
        if (!accepting) {
            return NOT_ACCEPTING;
        }
        if (limitMet) {
            return SATURATED;
        }
        return hasReadyPath ? ASK_FUNCTION : READY;
    }
}
