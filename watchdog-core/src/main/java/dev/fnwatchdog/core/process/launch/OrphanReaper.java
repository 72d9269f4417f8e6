package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.ForeignFunctions;
import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.posix.NativeMemory;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import dev.fnwatchdog.core.process.tree.ProcessTable.ProcessId;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Reaps the orphans that this process inherits as PID 1 of a container, and none of its own children (specification 4.23).
 * Children that {@link NativeLauncher} has started are left out. A child that the JDK has started is reaped by the JDK within
 * microseconds, long before the second for which a process has to be a zombie here.
 *
 * <p>Threads: one of its own, a daemon, for as long as the JVM lives. It looks for zombies each second until the first one
 * exists or a function was started; from then on it sleeps until a child has ended.
 */
public final class OrphanReaper {
    private static final String CANNOT =
            "the watchdog runs as PID 1 and cannot reap orphaned processes: use JDK 22 or later with glibc, or an init"
                    + " such as docker run --init";
    private static final int P_ALL = 0;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int SIZE_OF_SIGINFO = 128;
    private static final int PID_IN_SIGINFO = 16;
    // Code that waits for a child of its own reaps it within microseconds.
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ProcessTable table = ProcessTable.ofThisSystem();
    private final long self = ProcessHandle.current().pid();

    private OrphanReaper() {}

    /**
     * Starts reaping where this process is PID 1, and returns at once. Must be called once.
     *
     * @param warn gets one line where this process is PID 1 and cannot reap orphans: at once on JDK 17 to 21, on later
     *     releases when the first zombie exists or a function was started
     */
    public static void start(Consumer<String> warn) {
        if (ProcessHandle.current().pid() == 1) {
            if (Runtime.version().feature() < ForeignFunctions.FIRST_RELEASE) {
                warn.accept(CANNOT);
            } else {
                reap(warn);
            }
        }
    }

    /** Starts reaping, whatever the pid of this process is. */
    static void reap(Consumer<String> warn) {
        Thread thread = new Thread(() -> new OrphanReaper().run(warn), "watchdog-orphans");
        thread.setDaemon(true);
        thread.start();
    }

    /** Loads the native functions only for the first orphan or function: they take a sixth of an idle watchdog's memory. */
    private void run(Consumer<String> warn) {
        while (!NativeLauncher.asked() && table.read().stream().noneMatch(this::isZombieChild)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (NativeLauncher.available()) {
            reapAll();
        } else {
            warn.accept(CANNOT);
        }
    }

    private void reapAll() {
        Set<ProcessId> seen = new HashSet<>();
        while (!Thread.currentThread().isInterrupted()) {
            ended(0);
            LockSupport.parkNanos(PAUSE_NANOS);
            if (ended(WNOHANG)) {
                seen = reapZombies(seen);
            } else {
                seen.clear();
            }
        }
    }

    /** Returns whether a child is a zombie; without WNOHANG it waits for one, if there is any child. */
    private static boolean ended(int option) {
        try (NativeMemory info = NativeMemory.allocate(SIZE_OF_SIGINFO)) {
            int result = LibC.waitid(P_ALL, 0, info.address(), WEXITED | WNOWAIT | option);
            return result == 0 && info.bytes().getInt(PID_IN_SIGINFO) != 0;
        }
    }

    /** Reaps the zombies that were zombies a second ago too, and returns all current ones. */
    private Set<ProcessId> reapZombies(Set<ProcessId> before) {
        Set<ProcessId> zombies = new HashSet<>();
        for (Entry entry : table.read()) {
            if (isZombieChild(entry) && !SpawnedChildProcess.has(entry.pid())) {
                zombies.add(entry.id());
                if (before.contains(entry.id())) {
                    reapChild(entry.pid());
                }
            }
        }
        return zombies;
    }

    private boolean isZombieChild(Entry entry) {
        return entry.zombie() && entry.parent() == self;
    }

    private static void reapChild(long pid) {
        try (NativeMemory status = NativeMemory.allocate(Integer.BYTES)) {
            int ignored = LibC.waitpid((int) pid, status.address(), WNOHANG);
        }
    }
}
