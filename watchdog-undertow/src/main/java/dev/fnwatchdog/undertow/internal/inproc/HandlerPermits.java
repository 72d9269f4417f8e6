package dev.fnwatchdog.undertow.internal.inproc;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The places in the handler ({@code handler_concurrency}, contract 1): who finds none waits, and the one who has waited
 * longest gets the next.
 *
 * <p>Threads: any; nothing here blocks.
 */
final class HandlerPermits {
    private final int most;
    // In the order of arrival; under this object's lock.
    private final Set<QueuedPermit> waiting = new LinkedHashSet<>();

    // Mutable state, under this object's lock
    private int taken;

    /** @param most calls at once; 0 for no limit */
    HandlerPermits(int most) {
        this.most = most;
    }

    /** Runs {@code begin} as soon as there is a place: now, or on the thread of whoever gives one back. */
    QueuedPermit acquire(Runnable begin) {
        QueuedPermit place = new QueuedPermit(begin);
        if (most == 0 || takes(place)) {
            begin.run();
        }
        return place;
    }

    private synchronized boolean takes(QueuedPermit place) {
        if (taken < most) {
            taken++;
            place.held = true;
            return true;
        }
        waiting.add(place);
        return false;
    }

    /** How many wait for a place. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** A place in the handler, or in the queue before it. */
    final class QueuedPermit {
        private final Runnable begin;

        // Mutable state, under the lock of the places
        private boolean held;

        private QueuedPermit(Runnable begin) {
            this.begin = begin;
        }

        /** Gives the place back, or leaves the queue. Doing it twice does it once. */
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
                    taken--;
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
