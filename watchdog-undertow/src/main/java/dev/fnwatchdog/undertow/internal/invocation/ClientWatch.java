package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.Transitions;

/** How far the watch of an invocation's client has come. It begins when a mode wants it and the whole request has been read. */
enum ClientWatch {
    /** No mode wants it, and the request is still being read. */
    NONE,
    /** A mode wants it, and the request is still being read. */
    WANTED,
    /** The request has been read, and no mode wants it yet. */
    POSSIBLE,
    /** A disconnect is noticed. */
    STARTED,
    /** The connection has another reader, or none. The watch does not begin again. */
    STOPPED;

    private boolean canBecome(ClientWatch next) {
        return switch (this) {
            case NONE -> next != this;
            case WANTED, POSSIBLE -> next == STARTED || next == STOPPED;
            case STARTED -> next == STOPPED;
            case STOPPED -> false;
        };
    }

    /** Returns {@code next}, which must be a state that may follow this one. */
    ClientWatch to(ClientWatch next) {
        return Transitions.checked(this, next, canBecome(next));
    }
}
