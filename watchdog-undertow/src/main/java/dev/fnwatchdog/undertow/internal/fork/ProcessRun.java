package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.mode.ProcessEnd;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * The process of one request, from before its start until after its end. Its pipes are open from the beginning, so that
 * the request body can be written while the process is still starting. Its standard error goes to the log.
 *
 * <p>Threads: the request's I/O thread; a worker thread for the start, which blocks.
 */
final class ProcessRun {
    /** Receives the events of a process, on the I/O thread. */
    interface Watcher {
        void notStarted(FunctionFailedException reason);

        /** The process has ended. Its descendants may still run and hold its output. */
        void ended(Termination termination);

        /**
         * The permit can be released: the whole process tree has ended and its pipes are closed (specification 7.2).
         * Only called after a kill, or if the process was not started.
         */
        void released();
    }

    /** Whether a worker thread has begun the start. Until then the start can be cancelled at once. */
    private enum Start {
        WAITING,
        BEGUN,
        CANCELLED
    }

    private final ForkContext forks;
    private final XnioIoThread thread;
    private final ProcessPipes pipes;
    private final PipeSet ends;
    private final Watcher watcher;

    // Mutable state
    private final AtomicReference<Start> start = new AtomicReference<>(Start.WAITING);
    private @Nullable InvocationProcess process;
    private boolean exited;
    // why the process was killed; null: it was not
    private @Nullable ProcessEnd killed;
    private boolean treeEnded;

    private ProcessRun(ForkContext forks, XnioIoThread thread, ProcessPipes pipes, Watcher watcher) {
        this.forks = forks;
        this.thread = thread;
        this.pipes = pipes;
        this.ends = pipes.ends();
        this.watcher = watcher;
    }

    /**
     * Opens the pipes of a process that is not started yet.
     *
     * @throws IOException if the watchdog has no descriptors left
     */
    static ProcessRun prepare(ForkContext forks, XnioIoThread thread, boolean errorsIntoOutput, Watcher watcher)
            throws IOException {
        return new ProcessRun(forks, thread, forks.pipes().open(thread, errorsIntoOutput), watcher);
    }

    /** Writes to the process's standard input. */
    StreamSinkChannel input() {
        return ends.input();
    }

    /** Reads the process's standard output. */
    StreamSourceChannel output() {
        return ends.output();
    }

    /** Starts the process on a worker thread; does not block. */
    void start(Map<String, String> variables) {
        try {
            ThreadRefusedException.check(() -> thread.getWorker().execute(() -> startNow(variables)));
        } catch (RejectedExecutionException e) {
            FunctionFailedException reason = ForkResponses.cannotStart(forks, e);
            onIoThread(() -> notStarted(reason));
        }
    }

    private void startNow(Map<String, String> variables) {
        if (!start.compareAndSet(Start.WAITING, Start.BEGUN)) {
            return;
        }
        InvocationProcess made = null;
        FunctionFailedException reason = null;
        try {
            made = forks.processes().start(variables, pipes.stdio());
        } catch (FunctionFailedException e) {
            reason = e;
        } finally {
            // The request must be notified of every outcome, also of an unexpected error.
            if (made == null) {
                FunctionFailedException why = reason == null ? ownFailure() : reason;
                onIoThread(() -> notStarted(why));
            } else {
                InvocationProcess runs = made;
                onIoThread(() -> started(runs));
            }
        }
    }

    private FunctionFailedException ownFailure() {
        return new FunctionFailedException("cannot start \"%s\": the watchdog failed".formatted(forks.command()));
    }

    private void onIoThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException ignored) {
            // The watchdog has ended, and all requests and their processes with it.
        }
    }

    @IoThread
    private void notStarted(FunctionFailedException reason) {
        ends.close();
        watcher.released();
        if (killed == null) {
            watcher.notStarted(reason);
        }
    }

    @IoThread
    private void started(InvocationProcess runs) {
        process = runs;
        try {
            pipes.started(runs);
        } catch (RejectedExecutionException e) {
            abandon(runs, ForkResponses.cannotStart(forks, e));
            return;
        }
        forks.counts().started();
        StreamSourceChannel errors = ends.errors();
        if (errors != null) {
            new StandardErrorLog(errors, forks.log(), forks.logConfig().bufferSize()).copy();
        }
        if (killed != null) {
            killNow(runs);
        }
        runs.onExit().thenAccept(termination -> onIoThread(() -> ended(termination)));
    }

    /** Kills a process that runs but for which no pump threads are available (specification 7.24). */
    private void abandon(InvocationProcess runs, FunctionFailedException reason) {
        runs.kill().thenRun(() -> onIoThread(() -> notStarted(reason)));
    }

    @IoThread
    private void ended(Termination termination) {
        exited = true;
        if (killed != null) {
            forks.counts().ended(killed);
            IoUtils.safeClose(ends.input());
            releaseIfEnded();
        } else {
            forks.counts().ended(termination);
            watcher.ended(termination);
        }
    }

    @IoThread
    private void treeEnded() {
        treeEnded = true;
        releaseIfEnded();
    }

    private void releaseIfEnded() {
        if (exited && treeEnded) {
            watcher.released();
        }
    }

    /**
     * Kills the process tree (specification 4.11); a process that is still starting is killed after its start. If no worker
     * thread has begun the start, its descriptors are released at once: clients that connect and disconnect quickly must not
     * accumulate descriptors in the worker's queue.
     *
     * @param reason for the metrics; only the first counts
     */
    @IoThread
    void kill(ProcessEnd reason) {
        if (killed != null) {
            return;
        }
        killed = reason;
        if (process != null) {
            killNow(process);
        } else if (start.compareAndSet(Start.WAITING, Start.CANCELLED)) {
            ends.close();
            // The selector closes the descriptors before this thread reads the next request.
            onIoThread(watcher::released);
        }
    }

    /** Kills it. Its input stays open until its end: a process must not take a truncated body for a complete one. */
    private void killNow(InvocationProcess runs) {
        runs.kill().thenRun(() -> onIoThread(this::treeEnded));
        IoUtils.safeClose(ends.output());
        if (exited) {
            IoUtils.safeClose(ends.input());
        }
    }
}
