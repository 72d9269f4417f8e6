package dev.fnwatchdog.undertow.internal.http2;

/** The states of a stream that has been opened (RFC 9113 5.1). */
public enum StreamState {
    OPEN {
        @Override
        StreamState afterLocalEnd() {
            return HALF_CLOSED_LOCAL;
        }

        @Override
        StreamState afterRemoteEnd() {
            return HALF_CLOSED_REMOTE;
        }
    },
    HALF_CLOSED_LOCAL {
        @Override
        StreamState afterLocalEnd() {
            return HALF_CLOSED_LOCAL;
        }

        @Override
        StreamState afterRemoteEnd() {
            return CLOSED;
        }
    },
    HALF_CLOSED_REMOTE {
        @Override
        StreamState afterLocalEnd() {
            return CLOSED;
        }

        @Override
        StreamState afterRemoteEnd() {
            return HALF_CLOSED_REMOTE;
        }
    },
    CLOSED {
        @Override
        StreamState afterLocalEnd() {
            return CLOSED;
        }

        @Override
        StreamState afterRemoteEnd() {
            return CLOSED;
        }
    };

    /** Returns the state after the watchdog has sent END_STREAM. */
    abstract StreamState afterLocalEnd();

    /** Returns the state after the peer has sent END_STREAM. */
    abstract StreamState afterRemoteEnd();

    /** Returns whether the peer may still send DATA and trailers. */
    public boolean receives() {
        return this == OPEN || this == HALF_CLOSED_LOCAL;
    }

    /** Returns whether the watchdog has not sent END_STREAM yet. */
    boolean sends() {
        return this == OPEN || this == HALF_CLOSED_REMOTE;
    }
}
