package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import dev.fnwatchdog.core.process.tree.ProcessTable.ProcessId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the members of many trees with a single pass over the process table. Threads: one. */
final class ProcessTreeScan {
    private final ProcessTable table;
    private final List<Entry> entries;
    private final Map<Long, List<Entry>> children = new HashMap<>();
    private final Map<Long, ProcessTree> byPid = new HashMap<>();
    private final Map<Long, ProcessTree> bySession = new HashMap<>();
    private final Map<String, ProcessTree> byMarker = new HashMap<>();

    // Mutable state
    private boolean uncertain;

    ProcessTreeScan(ProcessTable table, Collection<ProcessTree> trees) {
        this.table = table;
        long self = ProcessHandle.current().pid();
        // A root whose start is not known has started after this process.
        long first = table.entry(self).map(Entry::start).orElse(table.incomplete() ? Long.MAX_VALUE : 0L);
        long oldest = Math.max(
                first, trees.stream().mapToLong(ProcessTree::start).min().orElse(first));
        // The watchdog itself is excluded.
        this.entries = table.read().stream()
                .filter(entry -> entry.start() >= oldest && entry.pid() != self)
                .sorted(Comparator.comparingLong(Entry::start))
                .toList();
        for (ProcessTree tree : trees) {
            byPid.put(tree.pid(), tree);
            bySession.put(tree.pid(), tree);
            byMarker.put(tree.marker().value(), tree);
        }
        for (Entry entry : entries) {
            children.computeIfAbsent(entry.parent(), pid -> new ArrayList<>()).add(entry);
            ProcessTree tree = byPid.get(entry.pid());
            if (tree != null && !tree.isRoot(entry)) {
                // Another process has got the root's pid, which is impossible while the root's session exists.
                bySession.remove(entry.pid());
            }
        }
    }

    Set<ProcessId> seen() {
        return entries.stream().map(Entry::id).collect(Collectors.toSet());
    }

    /** Returns those of {@link #seen} that have not ended: a zombie holds nothing but its pid. */
    Set<ProcessId> running() {
        return entries.stream().filter(entry -> !entry.zombie()).map(Entry::id).collect(Collectors.toSet());
    }

    /** A process and the tree to which it belongs. */
    record Member(ProcessTree tree, Entry entry) {}

    /**
     * Returns the members of all trees, each process once, and parents before their children: a parent that is killed after
     * its child could take the child's end for an ordinary exit and continue.
     */
    Collection<Member> members() {
        Map<ProcessId, Member> members = new LinkedHashMap<>();
        Deque<Member> toVisit = new ArrayDeque<>();
        for (Entry entry : entries) {
            tree(entry).ifPresent(tree -> toVisit.add(new Member(tree, entry)));
        }
        while (!toVisit.isEmpty()) {
            Member member = toVisit.remove();
            if (members.putIfAbsent(member.entry().id(), member) == null) {
                for (Entry child : children.getOrDefault(member.entry().pid(), List.of())) {
                    // An older child belongs to an earlier process with this pid and was read a moment before.
                    if (child.start() >= member.entry().start()) {
                        toVisit.add(new Member(member.tree(), child));
                    }
                }
            }
        }
        return members.values();
    }

    /** Returns whether some process had no environment: it may be in the middle of exec, and have its marker a moment later. */
    boolean uncertain() {
        return uncertain;
    }

    private Optional<ProcessTree> tree(Entry entry) {
        ProcessTree tree = byPid.get(entry.pid());
        if (tree != null && tree.isRoot(entry)) {
            return Optional.of(tree);
        }
        String environment = table.environment(entry.pid());
        uncertain |= environment.length() <= 2 && !entry.zombie();
        String marker = InvocationMarker.valueIn(environment);
        tree = bySession.get(entry.session());
        if (tree != null && entry.start() >= tree.start() && !isOfAnother(marker, tree)) {
            return Optional.of(tree);
        }
        return marked(entry, marker);
    }

    /** Detects a reused session: if the root was never seen, another invocation may have got the id of its session. */
    private static boolean isOfAnother(String marker, ProcessTree tree) {
        return tree.start() == 0 && !marker.isEmpty() && !tree.marker().holds(marker);
    }

    /** Finds the tree by marker; a nested marker starts with the outer one and a slash. */
    private Optional<ProcessTree> marked(Entry entry, String value) {
        String marker = value;
        while (!marker.isEmpty()) {
            ProcessTree tree = byMarker.get(marker);
            if (tree != null && entry.start() >= tree.start()) {
                return Optional.of(tree);
            }
            marker = marker.substring(0, Math.max(0, marker.lastIndexOf('/')));
        }
        return Optional.empty();
    }
}
