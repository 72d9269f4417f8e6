package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import dev.fnwatchdog.core.process.tree.ProcessTreeKill;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Ends a child for which the system grants no thread to wait for its end. */
public final class UnwatchedChildProcess {
    private UnwatchedChildProcess() {}

    /** Kills the process tree, reaps the child and closes its streams. Blocks for some milliseconds. */
    public static void end(ChildProcess child, ProcessTree tree, ProcessTable table) {
        ProcessTreeKill.all(table, List.of(tree));
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
            // The child has ended: no data can be lost.
        }
    }
}
