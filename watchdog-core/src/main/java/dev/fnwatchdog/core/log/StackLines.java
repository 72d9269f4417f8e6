package dev.fnwatchdog.core.log;

import java.util.ArrayList;
import java.util.List;

/** Prints a throwable and its causes as the JVM does: one line for each throwable and for each frame. */
final class StackLines {
    // Deep recursion has a thousand frames; more add no information. A chain of causes may be a cycle.
    private static final int MAX_LINES = 1200;

    private StackLines() {}

    static List<String> of(Throwable thrown) {
        List<String> lines = new ArrayList<>();
        String before = "";
        for (Throwable next = thrown; next != null && lines.size() < MAX_LINES; next = next.getCause()) {
            lines.add(before + next);
            for (StackTraceElement frame : next.getStackTrace()) {
                lines.add("    at " + frame);
            }
            before = "Caused by: ";
        }
        return lines.size() > MAX_LINES ? lines.subList(0, MAX_LINES) : lines;
    }
}
