package dev.fnwatchdog.core.health;

/**
 * Where the watchdog is between its start and its end. It only moves on: a start that completes after SIGTERM does not
 * turn the watchdog healthy again.
 *
 * <p>Threads: any; nothing here blocks.
 */
public final class Lifecycle {
    /** In the order in which they are passed; one may be skipped. */
    public enum State {
        /** The listener is not up yet. */
        STARTING,
        /** Serving, and probes may say so. */
        ACCEPTING,
        /** Told to stop: calls are still served for a while, probes are refused (contract 7). */
        DRAINING,
        /** The listener is closed and no call is left. */
        STOPPED
    }

    private volatile State state = State.STARTING;

    public State state() {
        return state;
    }

    /** Whether probes may be told that calls are welcome. */
    public boolean accepting() {
        return state == State.ACCEPTING;
    }

    /** Whether the stop has begun, so that answers carry {@code Connection: close} (contract 7). */
    public boolean stopping() {
        return state.compareTo(State.DRAINING) >= 0;
    }

    /** Moves to {@link State#ACCEPTING}; false where it was there or past it. */
    public boolean toAccepting() {
        return advanceTo(State.ACCEPTING);
    }

    /** Moves to {@link State#DRAINING}; false where it was there or past it. */
    public boolean toDraining() {
        return advanceTo(State.DRAINING);
    }

    /** Moves to {@link State#STOPPED}; false where it was there. */
    public boolean toStopped() {
        return advanceTo(State.STOPPED);
    }

    private synchronized boolean advanceTo(State next) {
        boolean onward = state.compareTo(next) < 0;
        if (onward) {
            state = next;
        }
        return onward;
    }
}
