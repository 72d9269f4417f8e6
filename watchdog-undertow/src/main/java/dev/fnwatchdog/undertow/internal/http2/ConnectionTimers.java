package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Ends a connection whose head takes too long, or that is idle for too long (specification 9.4, 9.18).
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class ConnectionTimers {
    private final XnioIoThread thread;
    private final Http2Options options;
    private final Runnable onHeadTimeout;
    private final Runnable onIdleTimeout;

    // Mutable state
    private long idleSince = System.nanoTime();
    private boolean busy;
    private long timedHead;
    private XnioExecutor.@Nullable Key headTimer;
    private XnioExecutor.@Nullable Key idleTimer;

    ConnectionTimers(XnioIoThread thread, Http2Options options, Runnable onHeadTimeout, Runnable onIdleTimeout) {
        this.thread = thread;
        this.options = options;
        this.onHeadTimeout = onHeadTimeout;
        this.onIdleTimeout = onIdleTimeout;
        startIdleTimer(options.idleMillis());
    }

    private void startIdleTimer(long millis) {
        idleTimer = thread.executeAfter(this::checkIdle, millis, TimeUnit.MILLISECONDS);
    }

    /** One timer serves the connection's whole life, in place of one for each request. */
    private void checkIdle() {
        long idle = busy ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - idleSince);
        if (idle >= options.idleMillis()) {
            onIdleTimeout.run();
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
     * Starts or stops the head timer after all received bytes were read. They nearly always end with a frame: no timer then.
     *
     * @param withinHead whether they end within a field block or a frame other than DATA
     * @param heads the number of complete frames and field blocks
     */
    void received(boolean withinHead, long heads) {
        if (!withinHead) {
            stopHeadTimer();
        } else if (headTimer == null || timedHead != heads) {
            stopHeadTimer();
            timedHead = heads;
            headTimer = thread.executeAfter(onHeadTimeout, options.headMillis(), TimeUnit.MILLISECONDS);
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
