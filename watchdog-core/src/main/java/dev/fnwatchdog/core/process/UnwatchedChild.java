package dev.fnwatchdog.core.process;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A child that was started, and for whose end no thread is granted. */
final class UnwatchedChild {
    private UnwatchedChild() {}

    /** Kills it and what it has started, waits for it, and closes its streams. Blocks for some milliseconds. */
    static void end(Child child, ProcessTree tree, ProcessTable table) {
        TreeKill.all(table, List.of(tree));
        try {
            Termination ignored = child.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close(child.input());
        close(child.output());
        close(child.errors());
    }

    private static void close(Closeable stream) {
        try {
            stream.close();
        } catch (IOException ignored) {
            // There is nobody left at its other end.
        }
    }
}
