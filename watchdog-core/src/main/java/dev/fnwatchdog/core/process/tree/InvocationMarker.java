package dev.fnwatchdog.core.process.tree;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The variable by which everything that a function process has started is found again, whoever its parent is by then
 * (specification 4). A watchdog that runs inside another one's function adds to what it inherited, so that both find it.
 */
public record InvocationMarker(String value) {
    public static final String NAME = "Watchdog_Call";

    private static final String VARIABLE = "\0" + NAME + "=";
    private static final AtomicLong COUNT = new AtomicLong();
    // Unique among the watchdogs of a system. UUIDs would load a random number generator at the start.
    private static final String PREFIX = Long.toString(ProcessHandle.current().pid(), 36)
            + "-"
            + Long.toString(System.currentTimeMillis(), 36)
            + "-";

    /** A marker that nothing else has, for a process with the given environment. */
    public static InvocationMarker next(Map<String, String> environment) {
        String own = PREFIX + Long.toString(COUNT.incrementAndGet(), 36);
        String inherited = environment.getOrDefault(NAME, "");
        return new InvocationMarker(inherited.isEmpty() ? own : inherited + "/" + own);
    }

    /** The marker of one call of a watchdog, whose own this is. */
    public InvocationMarker ofCall(long number) {
        return new InvocationMarker(value + "/" + Long.toString(number, 36));
    }

    /** The marker in an environment, each variable between NULs; empty where there is none. */
    static String valueIn(String environment) {
        int at = environment.indexOf(VARIABLE);
        if (at < 0) {
            return "";
        }
        int from = at + VARIABLE.length();
        return environment.substring(from, environment.indexOf('\0', from));
    }

    /** Whether a marker is this one or one made inside it. */
    boolean holds(String marker) {
        return marker.equals(value) || marker.startsWith(value + "/");
    }

    /** Whether an environment, each variable between NULs, holds this marker or one made inside it. */
    boolean in(String environment) {
        return holds(valueIn(environment));
    }
}
