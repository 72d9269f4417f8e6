package dev.fnwatchdog.undertow.internal.mode;

import dev.fnwatchdog.core.process.posix.Termination;

/** Why a function process ended, as the label of a metric (specification 2.16). */
public enum ProcessEnd {
    /** It exited with status 0. */
    SUCCESS,
    /** It exited with another status. */
    FAILURE,
    /** A signal that the watchdog did not send ended it. */
    SIGNAL,
    /** The watchdog killed it because its timeout had expired. */
    TIMEOUT,
    /** The watchdog ended it for another reason: a client that disconnected, a newer version, a shutdown. */
    STOPPED;

    /** Returns the reason of a process that ended by itself. */
    public static ProcessEnd of(Termination termination) {
        if (termination instanceof Termination.Exited exited) {
            return exited.status() == 0 ? SUCCESS : FAILURE;
        }
        return termination instanceof Termination.TimedOut ? TIMEOUT : SIGNAL;
    }
}
