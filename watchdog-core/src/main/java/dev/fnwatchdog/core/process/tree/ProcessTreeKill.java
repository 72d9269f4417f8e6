package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import dev.fnwatchdog.core.process.tree.ProcessTable.ProcessId;
import dev.fnwatchdog.core.process.tree.ProcessTreeScan.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Kills process trees, in rounds (specification 4.11, 4.20). Where possible it first freezes all processes until it finds no
 * new one, then kills them: no parent ends before its children are known, and a fork bomb cannot fork any more. Elsewhere it
 * kills each process when it finds it, until it finds no new one. Without {@code /proc} it kills only the descendants of the
 * roots.
 *
 * <p>Threads: one.
 */
public final class ProcessTreeKill {
    // More than a few mean a fork bomb.
    private static final int MOST_ROUNDS = 1000;
    private static final int MOST_DOUBTS = 4;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final ProcessTable table;
    private final ProcessSignals signals;
    private final Set<ProcessId> frozen = new HashSet<>();
    private final Set<ProcessId> killed = new HashSet<>();
    private final Map<ProcessTree, Integer> doubts = new HashMap<>();

    public ProcessTreeKill(ProcessTable table) {
        this.table = table.reader();
        this.signals = ProcessSignals.with(this.table);
    }

    /** Kills all processes of the trees. Blocks; takes some milliseconds for every hundred processes of the system. */
    public static void all(ProcessTable table, Collection<ProcessTree> trees) {
        ProcessTreeKill kill = new ProcessTreeKill(table);
        Set<ProcessTree> left = Set.copyOf(trees);
        for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
            left = kill.round(left);
        }
    }

    /** Runs one round for these trees and returns those that need another round. */
    public Set<ProcessTree> round(Collection<ProcessTree> trees) {
        if (!table.available()) {
            trees.forEach(ProcessTreeKill::killDescendants);
            return Set.of();
        }
        table.beginReading();
        trees.forEach(tree -> tree.identify(table));
        ProcessTreeScan scan = new ProcessTreeScan(table, trees);
        forget(scan.seen());
        Collection<Member> members = scan.members();
        Set<ProcessTree> left = new HashSet<>();
        for (Member member : members) {
            if (isNew(member.entry().id())) {
                stop(member.entry());
                left.add(member.tree());
            }
        }
        List<Member> allKnown = new ArrayList<>(members);
        allKnown.removeIf(member -> left.contains(member.tree()));
        for (Member member : allKnown) {
            if (!killed.contains(member.entry().id())) {
                kill(member.entry());
                left.add(member.tree());
            }
        }
        if (table.incomplete()) {
            return awaitDescriptors(trees);
        }
        doubt(scan.uncertain(), trees, left);
        return left;
    }

    /** Returns all trees after a pause: without a free descriptor, no tree is known to be finished. */
    private static Set<ProcessTree> awaitDescriptors(Collection<ProcessTree> trees) {
        LockSupport.parkNanos(PAUSE_NANOS);
        return Set.copyOf(trees);
    }

    /** Adds trees that look finished for some more rounds, with a pause, where not every process could be examined. */
    private void doubt(boolean uncertain, Collection<ProcessTree> trees, Set<ProcessTree> left) {
        boolean busy = !left.isEmpty();
        for (ProcessTree tree : trees) {
            if (left.contains(tree)) {
                doubts.remove(tree);
            } else if (uncertain && doubts.merge(tree, 1, Integer::sum) < MOST_DOUBTS) {
                left.add(tree);
            } else {
                doubts.remove(tree);
            }
        }
        if (!busy && !left.isEmpty()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Forgets the processes that are not in the table any more. */
    private void forget(Set<ProcessId> seen) {
        frozen.retainAll(seen);
        killed.retainAll(seen);
    }

    /** Returns whether no signal was sent yet; a signalled process can remain for a moment, but starts nothing. */
    private boolean isNew(ProcessId id) {
        return !frozen.contains(id) && !killed.contains(id);
    }

    private void stop(Entry entry) {
        if (signals.freeze(entry)) {
            frozen.add(entry.id());
        } else {
            kill(entry);
        }
    }

    private void kill(Entry entry) {
        if (signals.kill(entry)) {
            killed.add(entry.id());
        }
    }

    private static void killDescendants(ProcessTree tree) {
        // List all before the first is killed: orphans cease to be descendants.
        List<ProcessHandle> handles = tree.handle().stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .toList();
        handles.forEach(ProcessHandle::destroyForcibly);
    }
}
