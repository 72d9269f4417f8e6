package dev.fnwatchdog.core.process.launch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Those children of this process whose status somebody here takes. Threads: any. */
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
