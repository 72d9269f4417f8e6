package dev.fnwatchdog.core.log;

import java.util.ArrayList;
import java.util.List;

/** A throwable and its causes, a line each and a line a frame, as the JVM prints them. */
final class StackLines {
    // Deep recursion has a thousand frames; more tell nothing new. A chain of causes may be a ring.
    private static final int MOST = 1200;

    private StackLines() {}

    static List<String> of(Throwable thrown) {
        List<String> lines = new ArrayList<>();
        String before = "";
        for (Throwable next = thrown; next != null && lines.size() < MOST; next = next.getCause()) {
            lines.add(before + next);
            for (StackTraceElement frame : next.getStackTrace()) {
                lines.add("    at " + frame);
            }
            before = "Caused by: ";
        }
        return lines.size() > MOST ? lines.subList(0, MOST) : lines;
    }
}
