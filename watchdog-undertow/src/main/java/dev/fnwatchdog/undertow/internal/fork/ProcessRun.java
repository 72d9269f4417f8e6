package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
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
 * The process of one call, from before its start to after its end. Its pipes are there from the beginning, so that the
 * request can be written into them while the process is still being started. Its standard error goes to the log.
 *
 * <p>Threads: the call's IO thread; a worker's thread for the start, which blocks.
 */
final class ProcessRun {
    /** Is told what becomes of a process, on the IO thread. */
    interface Watcher {
        void notStarted(FunctionFailedException reason);

        /** It has ended; others that it started may still run, and hold its output. */
        void ended(Termination termination);

        /**
         * Nothing is left of it that {@code max_inflight} limits: no process of it runs, and its pipes are closed. Only
         * after a kill, or where it was not started.
         */
        void released();
    }

    /** Whether a worker has come to it. Until then it costs nothing to give the process up. */
    private enum Start {
        WAITING,
        BEGUN,
        CANCELLED
    }

    private final ForkContext forks;
    private final XnioIoThread thread;
    private final ProcessPipes pipes;
    private final Watcher watcher;

    // Mutable state
    private final AtomicReference<Start> start = new AtomicReference<>(Start.WAITING);
    private @Nullable InvocationProcess process;
    private boolean exited;
    private boolean killed;
    private boolean treeEnded;

    private ProcessRun(ForkContext forks, XnioIoThread thread, ProcessPipes pipes, Watcher watcher) {
        this.forks = forks;
        this.thread = thread;
        this.pipes = pipes;
        this.watcher = watcher;
    }

    /**
     * Makes the pipes of a process that does not run yet.
     *
     * @throws IOException where this process may have no more descriptors
     */
    static ProcessRun prepare(ForkContext forks, XnioIoThread thread, boolean errorsIntoOutput, Watcher watcher)
            throws IOException {
        return new ProcessRun(forks, thread, forks.pipes().open(thread, errorsIntoOutput), watcher);
    }

    /** Leads to its standard input. */
    StreamSinkChannel input() {
        return pipes.input();
    }

    /** What it prints to standard output. */
    StreamSourceChannel output() {
        return pipes.output();
    }

    /** Has a worker start it; returns at once. */
    void start(Map<String, String> variables) {
        try {
            ThreadRefusedException.check(() -> thread.getWorker().execute(() -> startNow(variables)));
        } catch (RejectedExecutionException e) {
            FunctionFailedException reason = noThread(e);
            onIoThread(() -> notStarted(reason));
        }
    }

    private FunctionFailedException noThread(RejectedExecutionException reason) {
        return new FunctionFailedException(
                "cannot start \"%s\": %s".formatted(forks.command(), reason.getMessage()), reason);
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
            // Whatever happens here, the call must learn of it.
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
            // The watchdog has ended, and with it all its calls and what they had started.
        }
    }

    private void notStarted(FunctionFailedException reason) {
        pipes.notStarted();
        closeAll();
        watcher.released();
        if (!killed) {
            watcher.notStarted(reason);
        }
    }

    private void closeAll() {
        IoUtils.safeClose(pipes.input(), pipes.output());
        StreamSourceChannel errors = pipes.errors();
        if (errors != null) {
            IoUtils.safeClose(errors);
        }
    }

    private void started(InvocationProcess runs) {
        process = runs;
        try {
            pipes.started(runs);
        } catch (RejectedExecutionException e) {
            abandon(runs, noThread(e));
            return;
        }
        StreamSourceChannel errors = pipes.errors();
        if (errors != null) {
            new StandardErrorLog(errors, forks.log(), forks.logConfig().bufferSize()).copy();
        }
        if (killed) {
            killNow(runs);
        }
        runs.onExit().thenAccept(termination -> onIoThread(() -> ended(termination)));
    }

    /** It runs, and the watchdog cannot serve it. */
    private void abandon(InvocationProcess runs, FunctionFailedException reason) {
        runs.kill().thenRun(() -> onIoThread(() -> notStarted(reason)));
    }

    private void ended(Termination termination) {
        exited = true;
        if (killed) {
            IoUtils.safeClose(pipes.input());
            releaseIfEnded();
        } else {
            watcher.ended(termination);
        }
    }

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
     * Kills it and all that it started; where it is just being started, as soon as that is done. Where no worker has come to
     * it, its descriptors are released at once: clients that leave as fast as they come must not fill the queue with them.
     */
    void kill() {
        if (killed) {
            return;
        }
        killed = true;
        if (process != null) {
            killNow(process);
        } else if (start.compareAndSet(Start.WAITING, Start.CANCELLED)) {
            pipes.notStarted();
            closeAll();
            // The selector closes the descriptors before this thread reads the next request.
            onIoThread(watcher::released);
        }
    }

    /** Its input is left open until it has ended: a process must not take a part of a request for the whole. */
    private void killNow(InvocationProcess runs) {
        runs.kill().thenRun(() -> onIoThread(this::treeEnded));
        IoUtils.safeClose(pipes.output());
        if (exited) {
            IoUtils.safeClose(pipes.input());
        }
    }
}
