package dev.fnwatchdog.core.process.tree;

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
 * kills each process when it finds it, until it finds no new one. A tree is finished when its killed processes have ended,
 * for which it waits up to 0.3 s: one that the system does not let go holds up nothing. Without {@code /proc} it kills only
 * the descendants of the roots.
 *
 * <p>Threads: one.
 */
public final class ProcessTreeKill {
    // More than a few mean a fork bomb.
    private static final int MOST_ROUNDS = 1000;
    private static final int MOST_DOUBTS = 4;
    // Together 0.3 s: a killed process frees its memory and closes its files before it is gone.
    private static final int MOST_PAUSES_FOR_END = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final ProcessTable table;
    private final ProcessSignals signals;
    private final Set<ProcessId> frozen = new HashSet<>();
    private final Map<ProcessId, ProcessTree> killed = new HashMap<>();
    private final Map<ProcessTree, Integer> pauses = new HashMap<>();

    public ProcessTreeKill(ProcessTable table) {
        this.table = table.reader();
        this.signals = new ProcessSignals(this.table);
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
        Set<ProcessTree> ending = treesOfKilled(scan.running());
        Set<ProcessTree> left = new HashSet<>();
        for (Member member : members) {
            if (isNew(member.entry().id())) {
                stop(member);
                left.add(member.tree());
            }
        }
        List<Member> allKnown = new ArrayList<>(members);
        allKnown.removeIf(member -> left.contains(member.tree()));
        for (Member member : allKnown) {
            if (!killed.containsKey(member.entry().id())) {
                kill(member);
                left.add(member.tree());
            }
        }
        if (table.incomplete()) {
            return awaitDescriptors(trees);
        }
        awaitEnds(scan.uncertain() ? MOST_DOUBTS : 0, ending, trees, left);
        return left;
    }

    /** Returns the trees with processes that were killed in an earlier round and have not ended yet. */
    private Set<ProcessTree> treesOfKilled(Set<ProcessId> running) {
        Set<ProcessTree> trees = new HashSet<>();
        killed.forEach((id, tree) -> {
            if (running.contains(id)) {
                trees.add(tree);
            }
        });
        return trees;
    }

    /** Returns all trees after a pause: without a free descriptor, no tree is known to be finished. */
    private static Set<ProcessTree> awaitDescriptors(Collection<ProcessTree> trees) {
        LockSupport.parkNanos(PAUSE_NANOS);
        return Set.copyOf(trees);
    }

    /**
     * Adds trees that need no signal for some more rounds, with a pause: those whose killed processes are still ending, and all
     * of them where not every process could be examined.
     */
    private void awaitEnds(int doubts, Set<ProcessTree> ending, Collection<ProcessTree> trees, Set<ProcessTree> left) {
        boolean busy = !left.isEmpty();
        for (ProcessTree tree : trees) {
            int most = ending.contains(tree) ? MOST_PAUSES_FOR_END : doubts;
            if (!left.contains(tree) && pauses.merge(tree, 1, Integer::sum) < most) {
                left.add(tree);
            } else {
                pauses.remove(tree);
            }
        }
        if (!busy && !left.isEmpty()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Forgets the processes that are not in the table any more. */
    private void forget(Set<ProcessId> seen) {
        frozen.retainAll(seen);
        killed.keySet().retainAll(seen);
    }

    /** Returns whether no signal was sent yet; a signalled process can remain for a moment, but starts nothing. */
    private boolean isNew(ProcessId id) {
        return !frozen.contains(id) && !killed.containsKey(id);
    }

    private void stop(Member member) {
        if (signals.freeze(member.entry())) {
            frozen.add(member.entry().id());
        } else {
            kill(member);
        }
    }

    private void kill(Member member) {
        if (signals.kill(member.entry())) {
            killed.put(member.entry().id(), member.tree());
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
