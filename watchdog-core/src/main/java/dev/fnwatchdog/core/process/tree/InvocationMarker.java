package dev.fnwatchdog.core.process.tree;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The environment variable that identifies all descendants of a function process, reparented or not (specification 4.5). A
 * watchdog that runs inside the function of another one appends to the inherited value; both then find the process.
 */
public record InvocationMarker(String value) {
    public static final String NAME = "Watchdog_Call";

    private static final String VARIABLE = "\0" + NAME + "=";
    private static final AtomicLong COUNT = new AtomicLong();
    // Unique among the watchdogs of a system. A UUID would load a random number generator at startup.
    private static final String PREFIX = Long.toString(ProcessHandle.current().pid(), 36)
            + "-"
            + Long.toString(System.currentTimeMillis(), 36)
            + "-";

    /** Returns a unique marker for a process with the given environment. */
    public static InvocationMarker next(Map<String, String> environment) {
        String own = PREFIX + Long.toString(COUNT.incrementAndGet(), 36);
        String inherited = environment.getOrDefault(NAME, "");
        return new InvocationMarker(inherited.isEmpty() ? own : inherited + "/" + own);
    }

    /** Returns the marker of one invocation of the watchdog that has this marker. */
    public InvocationMarker ofCall(long number) {
        return new InvocationMarker(value + "/" + Long.toString(number, 36));
    }

    /** Returns the marker in an environment, each variable between NULs; empty if there is none. */
    static String valueIn(String environment) {
        int at = environment.indexOf(VARIABLE);
        if (at < 0) {
            return "";
        }
        int from = at + VARIABLE.length();
        return environment.substring(from, environment.indexOf('\0', from));
    }

    /** Returns whether a marker is equal to this one or nested in it. */
    boolean holds(String marker) {
        return marker.equals(value) || marker.startsWith(value + "/");
    }

    /** Returns whether an environment, each variable between NULs, contains this marker or one nested in it. */
    boolean in(String environment) {
        return holds(valueIn(environment));
    }
}
