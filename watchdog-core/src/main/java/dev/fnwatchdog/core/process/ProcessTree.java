package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.ProcessTable.Entry;
import dev.fnwatchdog.core.process.ProcessTable.ProcessId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A process and everything that it has started: what descends from it, what is in its session, and what carries its
 * marker, even when its parents have ended. Without {@code /proc} only what descends from it is found.
 *
 * <p>Threads: any; killing twice at once does no harm.
 */
final class ProcessTree {
    // Each round finds what was started during the one before. More than a few mean a fork bomb.
    private static final int MOST_ROUNDS = 200;
    private static final long START_NOT_KNOWN = 0;

    private final ProcessTable table;
    private final ProcessHandle root;
    private final ProcessId rootId;
    private final CallMarker marker;

    /** To be made right after the process was started, while its pid can be nobody else's. */
    ProcessTree(ProcessTable table, ProcessHandle root, CallMarker marker) {
        this.table = table;
        this.root = root;
        this.marker = marker;
        this.rootId = table.entry(root.pid()).map(Entry::id).orElse(new ProcessId(root.pid(), START_NOT_KNOWN));
    }

    /** Sends SIGKILL to all of it, until nothing new is found. Takes some milliseconds for every hundred processes. */
    void kill() {
        if (!table.available()) {
            killDescendants();
            return;
        }
        Set<ProcessId> killed = new HashSet<>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            // Those that were sent the signal may be there for a moment yet, but can start nothing any more.
            List<Entry> found =
                    members().stream().filter(entry -> killed.add(entry.id())).toList();
            if (found.isEmpty()) {
                return;
            }
            found.forEach(this::kill);
        }
    }

    private void kill(Entry entry) {
        // The pid may have gone to another process since the table was read. When the entry is still the same after the
        // handle was made, the handle is of the right process; and the JDK compares its start again before it kills.
        ProcessHandle.of(entry.pid())
                .filter(handle -> table.entry(entry.pid())
                        .filter(now -> now.start() == entry.start())
                        .isPresent())
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    private void killDescendants() {
        // All are listed before the first is killed: orphans are nobody's descendants.
        List<ProcessHandle> handles =
                Stream.concat(Stream.of(root), root.descendants()).toList();
        handles.forEach(ProcessHandle::destroyForcibly);
    }

    private List<Entry> members() {
        List<Entry> candidates = candidates();
        boolean sessionIsOurs =
                candidates.stream().noneMatch(entry -> entry.pid() == rootId.pid() && entry.start() != rootId.start());
        Map<Long, List<Entry>> children = new HashMap<>();
        Deque<Entry> toVisit = new ArrayDeque<>();
        for (Entry entry : candidates) {
            children.computeIfAbsent(entry.parent(), pid -> new ArrayList<>()).add(entry);
            boolean inSession = sessionIsOurs && entry.session() == rootId.pid();
            if (entry.id().equals(rootId) || inSession || marker.in(table.environment(entry.pid()))) {
                toVisit.add(entry);
            }
        }
        return withDescendants(toVisit, children);
    }

    /** Nothing that is older than the root was started by it, whatever its pid; and the watchdog itself is spared. */
    private List<Entry> candidates() {
        long self = ProcessHandle.current().pid();
        return table.read().stream()
                .filter(entry -> entry.start() >= rootId.start() && entry.pid() != self)
                .toList();
    }

    private static List<Entry> withDescendants(Deque<Entry> toVisit, Map<Long, List<Entry>> children) {
        Map<ProcessId, Entry> members = new HashMap<>();
        while (!toVisit.isEmpty()) {
            Entry entry = toVisit.remove();
            if (members.putIfAbsent(entry.id(), entry) == null) {
                for (Entry child : children.getOrDefault(entry.pid(), List.of())) {
                    // An older child is one of a process that had the pid before, read a moment earlier.
                    if (child.start() >= entry.start()) {
                        toVisit.add(child);
                    }
                }
            }
        }
        return List.copyOf(members.values());
    }
}
