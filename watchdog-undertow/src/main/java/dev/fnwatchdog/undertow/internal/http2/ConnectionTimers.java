package dev.fnwatchdog.undertow.internal.http2;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Ends a connection whose head takes too long, or that has carried no request for long.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class ConnectionTimers {
    private final XnioIoThread thread;
    private final Http2Options options;
    private final Runnable headTooLate;
    private final Runnable idleTooLong;

    // Mutable state
    private long idleSince = System.nanoTime();
    private boolean busy;
    private long timedHead;
    private XnioExecutor.@Nullable Key headTimer;
    private XnioExecutor.@Nullable Key idleTimer;

    ConnectionTimers(XnioIoThread thread, Http2Options options, Runnable headTooLate, Runnable idleTooLong) {
        this.thread = thread;
        this.options = options;
        this.headTooLate = headTooLate;
        this.idleTooLong = idleTooLong;
        startIdleTimer(options.idleMillis());
    }

    private void startIdleTimer(long millis) {
        idleTimer = thread.executeAfter(this::checkIdle, millis, TimeUnit.MILLISECONDS);
    }

    /** One timer for the connection's life, in place of one for each request. */
    private void checkIdle() {
        long idle = busy ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - idleSince);
        if (idle >= options.idleMillis()) {
            idleTooLong.run();
        } else {
            startIdleTimer(options.idleMillis() - idle);
        }
    }

    void busy() {
        busy = true;
    }

    void idle() {
        busy = false;
        idleSince = System.nanoTime();
    }

    /**
     * All that was received has been read. Nearly always that ends with a frame, and no timer is needed.
     *
     * @param withinHead whether it ends within a frame or a field block other than DATA
     * @param heads how many of them were complete
     */
    void received(boolean withinHead, long heads) {
        if (!withinHead) {
            stopHeadTimer();
        } else if (headTimer == null || timedHead != heads) {
            stopHeadTimer();
            timedHead = heads;
            headTimer = thread.executeAfter(headTooLate, options.headMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void stopHeadTimer() {
        if (headTimer != null) {
            headTimer.remove();
            headTimer = null;
        }
    }

    void stop() {
        stopHeadTimer();
        if (idleTimer != null) {
            idleTimer.remove();
            idleTimer = null;
        }
    }
}
