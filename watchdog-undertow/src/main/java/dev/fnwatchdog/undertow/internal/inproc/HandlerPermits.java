package dev.fnwatchdog.undertow.internal.inproc;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The permits of {@code handler_concurrency}; requests without one wait in order of arrival (specification 5.19).
 *
 * <p>Threads: any; no method blocks.
 */
final class HandlerPermits {
    private final int max;
    // In order of arrival; under this object's lock.
    private final Set<QueuedPermit> waiting = new LinkedHashSet<>();

    // Mutable state, under this object's lock
    private int inUse;

    /** @param max concurrent requests in the handler; 0 for no limit */
    HandlerPermits(int max) {
        this.max = max;
    }

    /** Runs {@code begin} when a permit is available: now, or on the thread that releases one. */
    QueuedPermit acquire(Runnable begin) {
        QueuedPermit permit = new QueuedPermit(begin);
        if (max == 0 || tryAcquire(permit)) {
            begin.run();
        }
        return permit;
    }

    private synchronized boolean tryAcquire(QueuedPermit permit) {
        if (inUse < max) {
            inUse++;
            permit.held = true;
            return true;
        }
        waiting.add(permit);
        return false;
    }

    /** Returns how many requests wait for a permit. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** A permit, or a position in the queue for one. */
    final class QueuedPermit {
        private final Runnable begin;

        // Mutable state, under the lock of the outer object
        private boolean held;

        private QueuedPermit(Runnable begin) {
            this.begin = begin;
        }

        /** Releases the permit or leaves the queue; has no effect when called again. */
        void release() {
            Runnable next = next();
            next.run();
        }

        private Runnable next() {
            synchronized (HandlerPermits.this) {
                if (!held) {
                    waiting.remove(this);
                    return () -> {};
                }
                held = false;
                Iterator<QueuedPermit> first = waiting.iterator();
                if (!first.hasNext()) {
                    inUse--;
                    return () -> {};
                }
                QueuedPermit next = first.next();
                first.remove();
                next.held = true;
                return next.begin;
            }
        }
    }
}
