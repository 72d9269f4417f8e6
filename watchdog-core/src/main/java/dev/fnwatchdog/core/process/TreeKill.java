package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.ProcessTable.Entry;
import dev.fnwatchdog.core.process.ProcessTable.ProcessId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sends SIGKILL to all of some trees, round by round, until nothing new is found: each round finds what was started
 * during the one before. Without {@code /proc} only what descends from the roots is found. Threads: one.
 */
final class TreeKill {
    // More than a few mean a fork bomb.
    private static final int MOST_ROUNDS = 1000;

    private final ProcessTable table;
    private final Set<ProcessId> killed = new HashSet<>();

    TreeKill(ProcessTable table) {
        this.table = table;
    }

    /** Takes some milliseconds for every hundred processes. */
    static void all(ProcessTable table, Collection<ProcessTree> trees) {
        TreeKill kill = new TreeKill(table);
        Set<ProcessTree> left = Set.copyOf(trees);
        for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
            left = kill.round(left);
        }
    }

    /** Kills what is found now; those trees are left in which something new was found. */
    Set<ProcessTree> round(Collection<ProcessTree> trees) {
        if (!table.available()) {
            trees.forEach(TreeKill::killDescendants);
            return Set.of();
        }
        trees.forEach(tree -> tree.identify(table));
        TreeScan scan = new TreeScan(table, trees);
        // What has gone from the table is not to be remembered.
        killed.retainAll(scan.seen());
        Set<ProcessTree> left = new HashSet<>();
        for (TreeScan.Member member : scan.members()) {
            // Those that were sent the signal may be there for a moment yet, but can start nothing any more.
            if (killed.add(member.entry().id())) {
                kill(member.entry());
                left.add(member.tree());
            }
        }
        return left;
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

    private static void killDescendants(ProcessTree tree) {
        // All are listed before the first is killed: orphans are nobody's descendants.
        List<ProcessHandle> handles = tree.handle().stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .toList();
        handles.forEach(ProcessHandle::destroyForcibly);
    }
}
