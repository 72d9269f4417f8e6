package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.Transitions;

/** What the permit of an invocation waits for. It is released once the response ends and no process needs it any more. */
enum PermitHold {
    /** For the end of the response alone. */
    RESPONSE,
    /** For the end of the response, and for the mode. */
    RETAINED,
    /** For the mode alone: the actions before the last byte have run. */
    OVERDUE,
    /** For nothing: it has been released. */
    RELEASED;

    private boolean canBecome(PermitHold next) {
        return switch (this) {
            case RESPONSE -> next == RETAINED || next == RELEASED;
            case RETAINED -> next == RESPONSE || next == OVERDUE;
            case OVERDUE -> next == RELEASED;
            case RELEASED -> false;
        };
    }

    /** Returns {@code next}, which must be a state that may follow this one. */
    PermitHold to(PermitHold next) {
        return Transitions.checked(this, next, canBecome(next));
    }

    /** Returns whether the mode still needs the permit. */
    boolean isRetained() {
        return this == RETAINED || this == OVERDUE;
    }

    /** Returns whether the actions before the last byte of the response have run. */
    boolean isPastLastByte() {
        return this == OVERDUE || this == RELEASED;
    }
}
