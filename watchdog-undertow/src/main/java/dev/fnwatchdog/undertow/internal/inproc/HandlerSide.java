package dev.fnwatchdog.undertow.internal.inproc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.util.concurrent.atomic.AtomicBoolean;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * The handler's side of one body. The bytes are moved to or from the client on the client's I/O thread: at once where the handler
 * runs there too, otherwise by a task. While the handler has resumed, it is notified there as often as it can continue, without a
 * lock.
 *
 * <p>Threads: any.
 */
abstract class HandlerSide {
    private final IoLoop loop;
    private final AtomicBoolean scheduled = new AtomicBoolean();

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private boolean resumed;

    @GuardedBy("this")
    private Runnable handler = () -> {};

    HandlerSide(IoLoop loop) {
        this.loop = loop;
    }

    /** Moves what can be moved now, and otherwise waits for the client. */
    @IoThread
    abstract void move();

    /** Returns whether the handler can continue. */
    abstract boolean ready();

    /** Moves bytes: before this returns where this is the I/O thread, otherwise soon. */
    final void moveSoon() {
        if (loop.isCurrent()) {
            move();
        } else {
            schedule();
        }
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            ioThread().execute(this::moveAndNotify);
        }
    }

    /** Called when the client's side may accept or have more, too. The handler must not be in a call of its own. */
    @IoThread
    final void moveAndNotify() {
        scheduled.set(false);
        move();
        if (ready() && notifyIfResumed(true) && resumed()) {
            schedule();
        }
    }

    /** @param ready notifies the handler */
    final synchronized void handler(Runnable ready) {
        handler = ready;
    }

    final void resume() {
        markResumed();
        schedule();
    }

    private synchronized void markResumed() {
        resumed = true;
    }

    final synchronized void suspend() {
        resumed = false;
    }

    final synchronized boolean resumed() {
        return resumed;
    }

    /** Resumes, and notifies the handler once in any case. */
    final void wakeUp() {
        markResumed();
        ioThread().execute(() -> {
            notifyIfResumed(true);
            schedule();
        });
    }

    /** Notifies the handler for the last time and suspends; later, because it may be in a call at this moment. */
    final void notifyLastTime() {
        if (resumed()) {
            loop.later(() -> notifyIfResumed(false));
        }
    }

    private boolean notifyIfResumed(boolean staysResumed) {
        Runnable notified;
        synchronized (this) {
            if (!resumed) {
                return false;
            }
            resumed = staysResumed;
            notified = handler;
        }
        notified.run();
        return true;
    }

    final XnioIoThread ioThread() {
        return loop.thread();
    }

    /** As the conduits of both directions have it. */
    public final XnioWorker getWorker() {
        return ioThread().getWorker();
    }
}
