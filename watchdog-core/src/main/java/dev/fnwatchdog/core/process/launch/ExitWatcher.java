package dev.fnwatchdog.core.process.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.core.process.posix.Epoll;
import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.posix.NativeMemory;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches for the end of many child processes on one thread.
 *
 * <p>Threads: any. The thread of its own is a daemon; it runs from the first child until the watcher is closed and the last
 * child has ended.
 */
final class ExitWatcher implements AutoCloseable {
    private static final int O_CLOEXEC = 0x80000;
    private static final int MOST_EVENTS = 64;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    // No process has this pid.
    private static final long CLOSING = 0;

    /** A child and the pidfd that becomes readable at its end. */
    private record Watched(SpawnedChildProcess child, int descriptor) {}

    // Mutable state, guarded by this
    @GuardedBy("this")
    private final Map<Long, Watched> children = new HashMap<>();

    @GuardedBy("this")
    private Epoll epoll = Epoll.NONE;
    // A pipe: closing its write end (alarmEnd) wakes the thread.
    @GuardedBy("this")
    private int alarm;

    @GuardedBy("this")
    private int alarmEnd;

    @GuardedBy("this")
    private boolean closed;

    /** Returns whether this system reports the end of a process by a pidfd: Linux 5.3 and later. */
    static boolean available() {
        return LibC.hasPidfd();
    }

    /** @throws ThreadRefusedException if this needs a thread and the system grants none */
    void watch(SpawnedChildProcess child) {
        int descriptor = LibC.pidfdOpen(child.pid());
        if (descriptor < 0 || !add(new Watched(child, descriptor))) {
            // No descriptor is free, or this watcher is closed: a thread for this child alone needs no descriptor.
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

    @GuardedBy("this")
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
            // watch() then tries to start a thread for this child, fails too and throws this exception to its caller.
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
                    // A signal interrupted the wait. The pause prevents a busy loop if there is ever another cause.
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
        // Outside of the lock: reap() completes the stage that others depend on.
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

    /** Returns at once; children that still run remain watched until they end. */
    @Override
    public synchronized void close() {
        if (!closed && epoll.usable()) {
            close(alarmEnd);
        }
        closed = true;
    }
}
