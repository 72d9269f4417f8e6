package dev.fnwatchdog.undertow.internal.reload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One version of a replaceable function; it is stopped after the requests that began in it have ended.
 *
 * <p>Threads: any.
 */
final class FunctionVersion {
    private final Mode mode;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private int requests;

    @GuardedBy("this")
    private boolean retired;

    FunctionVersion(Mode mode) {
        this.mode = mode;
    }

    Mode mode() {
        return mode;
    }

    /** Counts a request in; returns false where newer versions must serve it. */
    synchronized boolean beginRequest() {
        if (retired) {
            return false;
        }
        requests++;
        return true;
    }

    synchronized boolean retired() {
        return retired;
    }

    /** Counts a request out. */
    synchronized void endRequest() {
        requests--;
        completeWhenIdle();
    }

    @GuardedBy("this")
    private void completeWhenIdle() {
        if (retired && requests == 0) {
            drained.complete(null);
        }
    }

    /** Accepts no more requests, and stops the function when those in flight have ended or {@code limit} expires. */
    void retire(Duration limit, Duration grace) {
        synchronized (this) {
            if (retired) {
                return;
            }
            retired = true;
            completeWhenIdle();
        }
        mode.retire();
        Thread thread = new Thread(() -> stopWhenDrained(limit, grace), "watchdog-retire");
        thread.setDaemon(true);
        thread.start();
    }

    private void stopWhenDrained(Duration limit, Duration grace) {
        try {
            drained.completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
            mode.stop(grace);
        } finally {
            stopped.countDown();
        }
    }

    /** Ends the wait for requests in flight. */
    void abandonRequests() {
        drained.complete(null);
    }

    /** Stops the function, whether it was retired or not. Blocks. */
    void stop(Duration grace) {
        if (retired() && stoppedWithin(grace)) {
            return;
        }
        // One SIGTERM is enough: a second one may mean "at once" to a function that stops gracefully.
        mode.stop(retired() ? Duration.ZERO : grace);
    }

    private boolean stoppedWithin(Duration limit) {
        try {
            return stopped.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns whether it was retired and stopped. */
    boolean stopped() {
        return stopped.getCount() == 0;
    }

    /** Waits until it was retired and stopped. */
    void awaitStopped() throws InterruptedException {
        stopped.await();
    }
}
