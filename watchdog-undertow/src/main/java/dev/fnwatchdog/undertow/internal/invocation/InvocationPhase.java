package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.Transitions;

/** How far an {@link Invocation} has come. Each phase may be followed by any later one, and by no other. */
enum InvocationPhase {
    /** The function works. */
    RUNNING,
    /** The client's connection is a tunnel to the function, until it is closed (specification 3.36). */
    TUNNEL,
    /** The function's work has been stopped: the watchdog responds in its place, or aborts the response. */
    STOPPED,
    /** The client has disconnected, and nothing can be sent to it. */
    DISCONNECTED,
    /** Everything has been released. */
    ENDED;

    private boolean canBecome(InvocationPhase next) {
        return compareTo(next) < 0;
    }

    /** Returns {@code next}; where that must not follow this one, an assertion fails, or without assertions this one stays. */
    InvocationPhase to(InvocationPhase next) {
        return Transitions.checked(this, next, canBecome(next));
    }

    /** Returns whether the function's work has ended. */
    boolean isStopped() {
        return compareTo(STOPPED) >= 0;
    }

    /** Returns whether the client cannot be sent a response that has not begun. */
    boolean isOver() {
        return compareTo(DISCONNECTED) >= 0;
    }
}
