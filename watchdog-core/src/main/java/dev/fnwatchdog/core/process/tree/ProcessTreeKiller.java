package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Kills trees in the background, all that wait for it with one reading of the process table a round.
 *
 * <p>Threads: any may ask. One of its own, a daemon, is there as long as there is something to kill.
 */
public final class ProcessTreeKiller {
    private final ProcessTable table;

    // Mutable state, guarded by this
    private final Set<ProcessTree> pending = new HashSet<>();
    private boolean running;

    public ProcessTreeKiller(ProcessTable table) {
        this.table = table;
    }

    public void kill(ProcessTree tree) {
        synchronized (this) {
            pending.add(tree);
            if (running) {
                return;
            }
            running = true;
        }
        Thread thread = new Thread(this::run, "watchdog-kill");
        thread.setDaemon(true);
        try {
            ThreadRefusedException.check(thread::start);
        } catch (ThreadRefusedException e) {
            // The caller waits for some milliseconds: the processes that it kills may be what leaves no thread.
            run();
        }
    }

    private void run() {
        TreeKillRounds kill = new TreeKillRounds(table);
        Set<ProcessTree> trees = new HashSet<>();
        try {
            while (takePending(trees)) {
                trees = new HashSet<>(kill.round(trees));
            }
        } catch (RuntimeException | Error e) {
            failed(trees);
            throw e;
        }
    }

    /** Adds what was asked for since; false when the thread may end. */
    private synchronized boolean takePending(Set<ProcessTree> trees) {
        trees.addAll(pending);
        pending.clear();
        running = !trees.isEmpty();
        notifyAll();
        return running;
    }

    /** Waits until there is nothing left to kill, for at most the given time. */
    public synchronized void awaitQuiet(long nanos) {
        long end = System.nanoTime() + nanos;
        try {
            for (long left = nanos; running && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next one who asks gets a new thread, and with it what was not finished. */
    private synchronized void failed(Set<ProcessTree> trees) {
        pending.addAll(trees);
        running = false;
        notifyAll();
    }
}
