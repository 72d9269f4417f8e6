package dev.fnwatchdog.core.process.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * Kills process trees in the background; each round reads the process table once for all pending trees.
 *
 * <p>Threads: any. One of its own, a daemon, runs while there are trees to kill.
 */
public final class BackgroundTreeKiller {
    private final ProcessTable table;

    // Mutable state, guarded by this
    @GuardedBy("this")
    private final Map<ProcessTree, CompletableFuture<Void>> pending = new HashMap<>();

    @GuardedBy("this")
    private boolean running;

    public BackgroundTreeKiller(ProcessTable table) {
        this.table = table;
    }

    /**
     * Starts killing a tree and returns at once, except where the system grants no thread: then it blocks until it is done.
     *
     * @return completes on the killer's thread when no process of the tree runs any more, or 0.3 s after the last one was
     *     killed; never fails
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
            // Kill on the calling thread, which takes some milliseconds: these processes may have used up the threads.
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

    /** Adds the trees that were requested meanwhile; returns false when the thread may end. */
    private synchronized boolean takePending(Map<ProcessTree, CompletableFuture<Void>> trees) {
        addAll(pending, trees);
        running = !trees.isEmpty();
        notifyAll();
        return running;
    }

    /** Moves all trees; where a tree is present already, its future completes the moved one too. */
    private static void addAll(
            Map<ProcessTree, CompletableFuture<Void>> from, Map<ProcessTree, CompletableFuture<Void>> to) {
        from.forEach((tree, ended) -> to.merge(tree, ended, (first, second) -> {
            CompletableFuture<Void> ignored = first.thenRun(() -> second.complete(null));
            return first;
        }));
        from.clear();
    }

    /** Waits until no tree is pending, for at most the given time. */
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

    /** Puts the unfinished trees back; the next request starts a new thread for them. */
    private synchronized void failed(Map<ProcessTree, CompletableFuture<Void>> trees) {
        addAll(trees, pending);
        running = false;
        notifyAll();
    }
}
