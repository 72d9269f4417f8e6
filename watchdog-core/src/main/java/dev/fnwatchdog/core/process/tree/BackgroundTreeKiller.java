package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Kills trees in the background, all that wait for it with one reading of the process table a round.
 *
 * <p>Threads: any may ask. One of its own, a daemon, is there as long as there is something to kill.
 */
public final class BackgroundTreeKiller {
    private final ProcessTable table;

    // Mutable state, guarded by this
    private final Map<ProcessTree, CompletableFuture<Void>> pending = new HashMap<>();
    private boolean running;

    public BackgroundTreeKiller(ProcessTable table) {
        this.table = table;
    }

    /**
     * Has a tree killed, and returns at once.
     *
     * @return completed on the killer's thread when nothing of the tree is found any more; never fails
     */
    public CompletionStage<Void> kill(ProcessTree tree) {
        CompletableFuture<Void> ended;
        synchronized (this) {
            ended = pending.computeIfAbsent(tree, added -> new CompletableFuture<>());
            if (running) {
                return ended;
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
        return ended;
    }

    private void run() {
        ProcessTreeKill kill = new ProcessTreeKill(table);
        Map<ProcessTree, CompletableFuture<Void>> trees = new HashMap<>();
        try {
            while (takePending(trees)) {
                complete(trees, kill.round(trees.keySet()));
            }
        } catch (RuntimeException | Error e) {
            failed(trees);
            throw e;
        }
    }

    private static void complete(Map<ProcessTree, CompletableFuture<Void>> trees, Set<ProcessTree> left) {
        List<CompletableFuture<Void>> ended = new ArrayList<>();
        trees.entrySet().removeIf(each -> !left.contains(each.getKey()) && ended.add(each.getValue()));
        ended.forEach(each -> each.complete(null));
    }

    /** Adds what was asked for since; false when the thread may end. */
    private synchronized boolean takePending(Map<ProcessTree, CompletableFuture<Void>> trees) {
        addAll(pending, trees);
        running = !trees.isEmpty();
        notifyAll();
        return running;
    }

    /** Moves all; a tree that is there already gets no second future, and ends both. */
    private static void addAll(
            Map<ProcessTree, CompletableFuture<Void>> from, Map<ProcessTree, CompletableFuture<Void>> to) {
        from.forEach((tree, ended) -> to.merge(tree, ended, (first, second) -> {
            CompletableFuture<Void> ignored = first.thenRun(() -> second.complete(null));
            return first;
        }));
        from.clear();
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
    private synchronized void failed(Map<ProcessTree, CompletableFuture<Void>> trees) {
        addAll(trees, pending);
        running = false;
        notifyAll();
    }
}
