package dev.fnwatchdog.core.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Those children of this process whose status somebody here takes. Threads: any. */
final class SpawnedChildren {
    private static final Set<Long> PIDS = ConcurrentHashMap.newKeySet();

    private SpawnedChildren() {}

    static void add(long pid) {
        PIDS.add(pid);
    }

    static void remove(long pid) {
        PIDS.remove(pid);
    }

    static boolean contains(long pid) {
        return PIDS.contains(pid);
    }
}
