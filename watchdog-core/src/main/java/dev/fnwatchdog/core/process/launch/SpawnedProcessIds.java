package dev.fnwatchdog.core.process.launch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The pids of the children that {@link SpawnedChildProcess} reaps. Threads: any. */
final class SpawnedProcessIds {
    private static final Set<Long> PIDS = ConcurrentHashMap.newKeySet();

    private SpawnedProcessIds() {}

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
