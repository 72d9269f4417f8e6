package dev.fnwatchdog.core.health;

/**
 * The state of the watchdog between startup and end. The state only advances: a startup that completes after SIGTERM
 * does not make the watchdog healthy again.
 *
 * <p>Threads: any; never blocks.
 */
public final class Lifecycle {
    /** In the order in which they are passed; a state may be skipped. */
    public enum State {
        /** The listener is not up yet. */
        STARTING,
        /** Requests are served, and probes succeed. */
        ACCEPTING,
        /** Shutdown has begun: requests are still served for a while, probes are refused (specification 7.5). */
        DRAINING,
        /** The listener is closed and no request is in flight. */
        STOPPED
    }

    private volatile State state = State.STARTING;

    public State state() {
        return state;
    }

    /** Whether probes succeed. */
    public boolean accepting() {
        return state == State.ACCEPTING;
    }

    /** Whether shutdown has begun. Responses then carry {@code Connection: close} (specification 7.6). */
    public boolean stopping() {
        return state.compareTo(State.DRAINING) >= 0;
    }

    /** Moves to {@link State#ACCEPTING}; false if the watchdog was in that state or past it. */
    public boolean toAccepting() {
        return advanceTo(State.ACCEPTING);
    }

    /** Moves to {@link State#DRAINING}; false if the watchdog was in that state or past it. */
    public boolean toDraining() {
        return advanceTo(State.DRAINING);
    }

    /** Moves to {@link State#STOPPED}; false if the watchdog was in that state. */
    public boolean toStopped() {
        return advanceTo(State.STOPPED);
    }

    private synchronized boolean advanceTo(State next) {
        boolean advances = state.compareTo(next) < 0;
        if (advances) {
            state = next;
        }
        return advances;
    }
}
