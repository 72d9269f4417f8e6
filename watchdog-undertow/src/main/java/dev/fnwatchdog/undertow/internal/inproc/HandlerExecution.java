package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.undertow.internal.inproc.HandlerPermits.QueuedPermit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call's time in the handler: on which threads it runs, who is interrupted when nobody wants its answer any more, and
 * when its place is free again, which is not before the handler has returned.
 *
 * <p>Threads: any.
 */
final class HandlerExecution implements Executor {
    private final Executor threads;
    private final ClassLoader loader;
    private final Consumer<Throwable> onFailure;

    // Mutable state, under this object's lock
    private final List<Thread> interruptible = new ArrayList<>(2);
    private @Nullable QueuedPermit place;
    private int running;
    private boolean completeResponse;
    private boolean interrupted;
    private boolean blocked;
    private Runnable cleanUp = () -> {};

    /**
     * @param threads where the handler may block
     * @param loader the function's, the context class loader of its threads
     * @param onFailure hears of what the handler throws; any thread
     */
    HandlerExecution(Executor threads, ClassLoader loader, Consumer<Throwable> onFailure) {
        this.threads = threads;
        this.loader = loader;
        this.onFailure = onFailure;
    }

    /** The place to give back at the end. */
    void setPermit(QueuedPermit held) {
        boolean late;
        synchronized (this) {
            place = held;
            late = completeResponse && running == 0;
        }
        if (late) {
            held.release();
        }
    }

    /** Has {@code action} run once the call has been given up and all of its own threads have returned; not on an IO thread. */
    synchronized void onCancel(Runnable action) {
        cleanUp = action;
    }

    /** Runs {@code task} on this thread, which is not interrupted: it is an IO thread. */
    void runOnThisThread(Runnable task) {
        enter();
        try {
            guarded(task);
        } finally {
            leave();
        }
    }

    /** Runs {@code task} on a thread where it may block, and where it is interrupted when the call is given up. */
    @Override
    public void execute(Runnable task) {
        enter();
        synchronized (this) {
            blocked = true;
        }
        boolean accepted = false;
        try {
            ThreadRefusedException.check(() -> threads.execute(() -> onOwnThread(task)));
            accepted = true;
        } finally {
            if (!accepted) {
                leave();
            }
        }
    }

    private void onOwnThread(Runnable task) {
        try {
            attachThread();
            guarded(task);
        } finally {
            detachThread();
            leave();
        }
    }

    /** This thread works for the call from now on. Calls may be nested. */
    synchronized void attachThread() {
        interruptible.add(Thread.currentThread());
        running++;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** This thread has worked for the call. */
    void detachThread() {
        synchronized (this) {
            Thread thread = Thread.currentThread();
            interruptible.remove(thread);
            if (interrupted && !interruptible.contains(thread)) {
                // It was meant for this call, and must not reach the thread's next.
                Thread.interrupted();
            }
        }
        leave();
    }

    @SuppressWarnings("CatchingUnchecked") // whatever the handler throws, the client is to be told
    private void guarded(Runnable task) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            task.run();
        } catch (Throwable failure) {
            onFailure.accept(failure);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private synchronized void enter() {
        running++;
    }

    private void leave() {
        boolean end;
        synchronized (this) {
            running--;
            end = completeResponse && running == 0;
        }
        if (end) {
            returned();
        }
    }

    /** The handler has given its answer. Its place is free when it has returned as well. */
    void completeResponse() {
        boolean end;
        synchronized (this) {
            completeResponse = true;
            end = running == 0;
        }
        if (end) {
            returned();
        }
    }

    private void returned() {
        QueuedPermit free;
        Runnable last;
        synchronized (this) {
            free = place;
            last = interrupted && blocked ? cleanUp : null;
            cleanUp = () -> {};
        }
        if (free != null) {
            free.release();
        }
        if (last != null) {
            try {
                ThreadRefusedException.check(() -> threads.execute(last));
            } catch (ThreadRefusedException refused) {
                last.run();
            } catch (RejectedExecutionException ignored) {
                // The watchdog ends, and all that is left with it.
            }
        }
    }

    /** Nobody wants the answer any more. */
    void cancel() {
        synchronized (this) {
            interrupted = true;
            interruptible.forEach(Thread::interrupt);
        }
        completeResponse();
    }
}
