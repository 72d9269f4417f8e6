package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import dev.fnwatchdog.core.process.tree.ProcessTable.ProcessId;
import java.util.Optional;

/**
 * A process and everything that it has started: what descends from it, what is in its session, and what carries its
 * marker, even when its parents have ended.
 *
 * <p>Threads: any.
 */
public final class ProcessTree {
    private static final ProcessId NOBODY = new ProcessId(-1, Long.MAX_VALUE);

    private final long pid;
    private final Root root;
    private final InvocationMarker marker;

    // Mutable state
    private volatile ProcessId id = NOBODY;

    /** Whether a pid is still that of the process that was started. */
    public interface Root {
        boolean alive();
    }

    public ProcessTree(long pid, Root root, InvocationMarker marker) {
        this.pid = pid;
        this.root = root;
        this.marker = marker;
    }

    /** All that carries a marker or one made inside it, whoever has started it. */
    public static ProcessTree of(InvocationMarker marker) {
        return new ProcessTree(NOBODY.pid(), () -> false, marker);
    }

    /** Remembers which process the root is, while its pid can be nobody else's. May be called again and again. */
    public void identify(ProcessTable table) {
        if (id.equals(NOBODY) && root.alive()) {
            ProcessId seen = table.entry(pid).map(Entry::id).orElse(NOBODY);
            if (root.alive()) {
                id = seen;
            }
        }
    }

    /** The root as the JDK knows it, if its pid is still its own. */
    Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid).filter(handle -> root.alive());
    }

    InvocationMarker marker() {
        return marker;
    }

    /** The root's pid and its session's, also when the process was never seen. */
    long pid() {
        return pid;
    }

    boolean isRoot(Entry entry) {
        return entry.id().equals(id);
    }

    /** Nothing older than the root was started by it, whatever it says; 0 where its start is not known. */
    long start() {
        return id.equals(NOBODY) ? 0 : id.start();
    }
}
