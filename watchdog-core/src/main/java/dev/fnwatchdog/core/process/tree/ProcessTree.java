package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import dev.fnwatchdog.core.process.tree.ProcessTable.ProcessId;
import java.util.Optional;

/**
 * A process and everything that it has started: its descendants, the members of its session, and the processes that carry
 * its marker, even when their parents have ended (specification 4.5).
 *
 * <p>Threads: any.
 */
public final class ProcessTree {
    private static final ProcessId NO_PROCESS = new ProcessId(-1, Long.MAX_VALUE);

    private final long pid;
    private final Root root;
    private final InvocationMarker marker;

    // Mutable state
    private volatile ProcessId id = NO_PROCESS;

    /** Reports whether a pid still belongs to the process that was started. */
    public interface Root {
        boolean alive();
    }

    public ProcessTree(long pid, Root root, InvocationMarker marker) {
        this.pid = pid;
        this.root = root;
        this.marker = marker;
    }

    /** Returns the tree of all processes that carry a marker or one nested in it, whatever their parents are. */
    public static ProcessTree of(InvocationMarker marker) {
        return new ProcessTree(NO_PROCESS.pid(), () -> false, marker);
    }

    /** Records the identity of the root while no other process can have its pid. May be invoked repeatedly. */
    public void identify(ProcessTable table) {
        if (id.equals(NO_PROCESS) && root.alive()) {
            ProcessId seen = table.entry(pid).map(Entry::id).orElse(NO_PROCESS);
            if (root.alive()) {
                id = seen;
            }
        }
    }

    /** Returns the JDK's handle of the root, if the pid still belongs to it. */
    Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid).filter(handle -> root.alive());
    }

    InvocationMarker marker() {
        return marker;
    }

    /** Returns the pid of the root, which is also the id of its session, even if the process was never seen. */
    long pid() {
        return pid;
    }

    boolean isRoot(Entry entry) {
        return entry.id().equals(id);
    }

    /** Returns the start of the root, 0 if it is not known. An older process does not belong to the tree. */
    long start() {
        return id.equals(NO_PROCESS) ? 0 : id.start();
    }
}
