package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import dev.fnwatchdog.core.process.tree.ProcessTable.ProcessId;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the children that the JDK does not wait for because the system grants no thread. The JDK starts one thread for
 * each child, after the child itself, and another one to report the child's end.
 *
 * <p>A child that is not reaped stays a zombie, and the JDK would wait forever for the next process with its pid. Only the
 * JDK's own code can reap it, which needs {@code --add-opens java.base/java.lang=ALL-UNNAMED} as in the fat jar's manifest;
 * without that the zombie stays.
 *
 * <p>Threads: any may report a child. One of its own, a daemon, is started before the first child.
 */
public final class StrayReaper implements AutoCloseable {
    /** Code that waits for a child of its own reaps it within microseconds. */
    private static final long PAUSE_MILLIS = 1000;

    private static final int ROUNDS = 4;

    private final ProcessTable table = ProcessTable.ofThisSystem();
    private final long self = ProcessHandle.current().pid();
    private final BlockingQueue<Runnable> reports = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "watchdog-exit");

    // Mutable state of the thread
    private int rounds;
    private Set<ProcessId> zombies = Set.of();

    /** Starts the thread. */
    public void start() {
        thread.setDaemon(true);
        ThreadRefusedException.check(thread::start);
    }

    /** Reports that a child was started and that no thread waits for it. */
    void lost() {
        reports.add(() -> rounds = ROUNDS);
    }

    /** Reports that a child's end could not be delivered; completes {@code exit} on this reaper's thread. */
    void ended(ChildProcess child, CompletableFuture<Termination> exit) {
        reports.add(() -> {
            try {
                exit.complete(child.waitFor());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void run() {
        try {
            while (true) {
                Runnable report = rounds > 0 ? reports.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS) : reports.take();
                if (report != null) {
                    report.run();
                } else {
                    reapRemainingZombies();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void reapRemainingZombies() {
        table.beginReading();
        Set<ProcessId> before = zombies;
        zombies = new HashSet<>();
        for (Entry entry : table.read()) {
            if (entry.zombie() && entry.parent() == self && !SpawnedChildProcess.has(entry.pid())) {
                zombies.add(entry.id());
                if (before.contains(entry.id())) {
                    Jdk.reap(entry.pid());
                }
            }
        }
        if (!table.incomplete()) {
            rounds--;
        }
    }

    /** Access to non-public members of the JDK. */
    private static final class Jdk {
        private static final @Nullable Method WAIT = waiting();
        private static final Map<?, ?> KNOWN = known();

        static void reap(long pid) {
            if (WAIT == null) {
                return;
            }
            // Before the child is reaped: until then no other process can get its pid.
            KNOWN.remove(pid);
            try {
                Object ignored = WAIT.invoke(null, pid, true);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot wait for a process", e);
            }
        }

        private static @Nullable Method waiting() {
            try {
                Method method = Class.forName("java.lang.ProcessHandleImpl")
                        .getDeclaredMethod("waitForProcessExit0", long.class, boolean.class);
                method.setAccessible(true);
                return method;
            } catch (ReflectiveOperationException | RuntimeException notOpen) {
                return null;
            }
        }

        private static Map<?, ?> known() {
            try {
                Field field = Class.forName("java.lang.ProcessHandleImpl").getDeclaredField("completions");
                field.setAccessible(true);
                return (Map<?, ?>) field.get(null);
            } catch (ReflectiveOperationException | RuntimeException notOpen) {
                return Map.of();
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
