package dev.fnwatchdog.undertow.internal.http2;

/** The states of a stream that has been opened (RFC 9113 5.1). */
public enum StreamState {
    OPEN,
    HALF_CLOSED_LOCAL,
    HALF_CLOSED_REMOTE,
    CLOSED;

    /** Returns the state after the watchdog has sent END_STREAM. */
    StreamState afterLocalEnd() {
        return switch (this) {
            case OPEN -> HALF_CLOSED_LOCAL;
            case HALF_CLOSED_REMOTE -> CLOSED;
            case HALF_CLOSED_LOCAL, CLOSED -> this;
        };
    }

    /** Returns the state after the peer has sent END_STREAM. */
    StreamState afterRemoteEnd() {
        return switch (this) {
            case OPEN -> HALF_CLOSED_REMOTE;
            case HALF_CLOSED_LOCAL -> CLOSED;
            case HALF_CLOSED_REMOTE, CLOSED -> this;
        };
    }

    /** Returns whether the peer may still send DATA and trailers. */
    public boolean receives() {
        return this == OPEN || this == HALF_CLOSED_LOCAL;
    }

    /** Returns whether the watchdog has not sent END_STREAM yet. */
    boolean sends() {
        return this == OPEN || this == HALF_CLOSED_REMOTE;
    }
}
