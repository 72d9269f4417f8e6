package dev.fnwatchdog.undertow.internal.inproc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.core.limit.ConcurrencyLimit.Permit;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the threads of one request in the handler (specification 5.21, 5.22). They are interrupted when the request is
 * cancelled. The permit is released when the handler has returned, and not before.
 *
 * <p>Threads: any.
 */
final class HandlerExecution implements Executor {
    /** How far the request has come. */
    enum State {
        /** The response is not complete. */
        RUNNING,
        /** The response is complete. The handler may still run. */
        RESPONDED,
        /** The request has been cancelled, and the threads of the handler have been interrupted. */
        CANCELLED;

        private boolean canBecome(State next) {
            return compareTo(next) < 0;
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final Executor threads;
    private final ClassLoader loader;
    private final Consumer<Throwable> onFailure;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private final List<Thread> interruptible = new ArrayList<>(2);

    @GuardedBy("this")
    private @Nullable Permit permit;

    @GuardedBy("this")
    private int running;

    @GuardedBy("this")
    private State state = State.RUNNING;

    @GuardedBy("this")
    private boolean ranBlocking;

    @GuardedBy("this")
    private Runnable cleanUp = () -> {};

    /**
     * @param threads where the handler may block
     * @param loader the class loader of the function, the context class loader of these threads
     * @param onFailure receives what the handler throws, on any thread
     */
    HandlerExecution(Executor threads, ClassLoader loader, Consumer<Throwable> onFailure) {
        this.threads = threads;
        this.loader = loader;
        this.onFailure = onFailure;
    }

    /** Sets the permit, which is released at the end. */
    void setPermit(Permit acquired) {
        boolean completed;
        synchronized (this) {
            permit = acquired;
            completed = isComplete();
        }
        if (completed) {
            acquired.release();
        }
    }

    /** Returns whether the handler may run now. */
    synchronized boolean holdsPermit() {
        return permit != null && permit.isHeld();
    }

    /** Sets an action that runs once the request is cancelled and its threads have returned; never on an I/O thread. */
    synchronized void onCancel(Runnable action) {
        cleanUp = action;
    }

    /** Runs {@code task} on this I/O thread, which is never interrupted. */
    void runOnThisThread(Runnable task) {
        enter();
        try {
            runGuarded(task);
        } finally {
            leave();
        }
    }

    /** Runs {@code task} on a thread where it may block, and which is interrupted when the request is cancelled. */
    @Override
    public void execute(Runnable task) {
        enter();
        synchronized (this) {
            ranBlocking = true;
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
            runGuarded(task);
        } finally {
            detachThread();
            leave();
        }
    }

    /** Registers this thread as working for the request. Calls may be nested. */
    synchronized void attachThread() {
        interruptible.add(Thread.currentThread());
        running++;
        if (state == State.CANCELLED) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the registration of this thread. */
    void detachThread() {
        synchronized (this) {
            Thread thread = Thread.currentThread();
            interruptible.remove(thread);
            if (state == State.CANCELLED && !interruptible.contains(thread)) {
                // The interrupt was for this request, and must not affect the thread's next one.
                Thread.interrupted();
            }
        }
        leave();
    }

    @SuppressWarnings("CatchingUnchecked") // every throwable of the handler must lead to a response
    private void runGuarded(Runnable task) {
        Thread thread = Thread.currentThread();
        ClassLoader previous = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            task.run();
        } catch (Throwable failure) {
            onFailure.accept(failure);
        } finally {
            thread.setContextClassLoader(previous);
        }
    }

    private synchronized void enter() {
        running++;
    }

    private void leave() {
        boolean end;
        synchronized (this) {
            running--;
            end = isComplete();
        }
        if (end) {
            complete();
        }
    }

    /** Marks the response as complete. The permit is released when the handler has returned as well. */
    void completeResponse() {
        boolean end;
        synchronized (this) {
            if (state == State.RUNNING) {
                state = state.to(State.RESPONDED);
            }
            end = isComplete();
        }
        if (end) {
            complete();
        }
    }

    /** Returns whether the response is complete and no thread is in the handler. The caller holds the lock. */
    @GuardedBy("this")
    private boolean isComplete() {
        return state != State.RUNNING && running == 0;
    }

    private void complete() {
        Permit released;
        Runnable action;
        synchronized (this) {
            released = permit;
            action = state == State.CANCELLED && ranBlocking ? cleanUp : null;
            cleanUp = () -> {};
        }
        if (released != null) {
            released.release();
        }
        if (action != null) {
            try {
                ThreadRefusedException.check(() -> threads.execute(action));
            } catch (ThreadRefusedException refused) {
                action.run();
            } catch (RejectedExecutionException ignored) {
                // The watchdog ends, and with it what is left of the request.
            }
        }
    }

    /** Cancels the request: interrupts its threads and completes it. */
    void cancel() {
        boolean end;
        synchronized (this) {
            if (state != State.CANCELLED) {
                state = state.to(State.CANCELLED);
            }
            interruptible.forEach(Thread::interrupt);
            end = isComplete();
        }
        if (end) {
            complete();
        }
    }
}
