package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.Epoll;
import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.posix.NativeMemory;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Learns of the end of many children on one thread, a daemon, which is there from the first child until the watcher is
 * closed and the last of them has ended.
 *
 * <p>Threads: any.
 */
final class ExitWatcher implements AutoCloseable {
    private static final int O_CLOEXEC = 0x80000;
    private static final int MOST_EVENTS = 64;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    // No process has this pid.
    private static final long CLOSING = 0;

    /** A child and the descriptor by which its end is seen. */
    private record Watched(SpawnedChildProcess child, int descriptor) {}

    // Mutable state, guarded by this
    private final Map<Long, Watched> children = new HashMap<>();
    private Epoll epoll = Epoll.NONE;
    // A pipe whose end is seen by the thread.
    private int alarm;
    private int alarmEnd;
    private boolean closed;

    /** Whether this system can tell the end of a process by a descriptor: Linux 5.3 and later. */
    static boolean available() {
        return LibC.hasPidfd();
    }

    /** @throws ThreadRefusedException where that takes a thread, and the system grants none */
    void watch(SpawnedChildProcess child) {
        int descriptor = LibC.pidfdOpen(child.pid());
        if (descriptor < 0 || !add(new Watched(child, descriptor))) {
            // No descriptor is left, or this is closed: a thread for this child alone needs none.
            start("watchdog-exit-" + child.pid(), child::waitFor);
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        ThreadRefusedException.check(thread::start);
    }

    private synchronized boolean add(Watched watched) {
        long pid = watched.child().pid();
        children.put(pid, watched);
        if (!closed && opened() && epoll.add(watched.descriptor(), pid)) {
            return true;
        }
        children.remove(pid);
        close(watched.descriptor());
        return false;
    }

    private boolean opened() {
        if (epoll.usable()) {
            return true;
        }
        try (NativeMemory ends = NativeMemory.allocate(2 * Integer.BYTES)) {
            if (LibC.pipe2(ends.address(), O_CLOEXEC) != 0) {
                return false;
            }
            alarm = ends.bytes().getInt(0);
            alarmEnd = ends.bytes().getInt(Integer.BYTES);
        }
        epoll = Epoll.open();
        Epoll ready = epoll;
        boolean running = false;
        try {
            if (ready.add(alarm, CLOSING)) {
                start("watchdog-exit", () -> run(ready));
                running = true;
            }
        } catch (ThreadRefusedException e) {
            // Then there is none for this child either, which the caller hears of.
            running = false;
        } finally {
            if (!running) {
                close(alarm);
                close(alarmEnd);
                epoll.close();
                epoll = Epoll.NONE;
            }
        }
        return running;
    }

    private void run(Epoll ready) {
        try (NativeMemory events = Epoll.roomFor(MOST_EVENTS)) {
            do {
                long[] pids = ready.await(events, MOST_EVENTS);
                for (long pid : pids) {
                    ended(pid);
                }
                if (pids.length == 0) {
                    // A signal cut it short; should it ever be something else, this is no busy loop.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } while (!finished());
        }
    }

    private void ended(long pid) {
        Watched watched;
        synchronized (this) {
            if (pid == CLOSING) {
                epoll.remove(alarm);
                return;
            }
            watched = children.get(pid);
        }
        // Outside of the lock: others hear of the end in there.
        if (watched != null && watched.child().reap()) {
            synchronized (this) {
                children.remove(pid, watched);
                epoll.remove(watched.descriptor());
                close(watched.descriptor());
            }
        }
    }

    private synchronized boolean finished() {
        if (!closed || !children.isEmpty()) {
            return false;
        }
        close(alarm);
        epoll.close();
        epoll = Epoll.NONE;
        return true;
    }

    private static void close(int descriptor) {
        int ignored = LibC.close(descriptor);
    }

    /** Returns at once; those that still run are waited for all the same. */
    @Override
    public synchronized void close() {
        if (!closed && epoll.usable()) {
            close(alarmEnd);
        }
        closed = true;
    }
}
