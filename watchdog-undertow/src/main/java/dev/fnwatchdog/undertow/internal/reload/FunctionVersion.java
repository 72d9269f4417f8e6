package dev.fnwatchdog.undertow.internal.reload;

import dev.fnwatchdog.undertow.internal.mode.Mode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One version of a function that will be replaced: it is stopped when the calls that it began with have ended.
 *
 * <p>Threads: any.
 */
final class FunctionVersion {
    private final Mode mode;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    // Mutable state, under this object's lock
    private int calls;
    private boolean retired;

    FunctionVersion(Mode mode) {
        this.mode = mode;
    }

    Mode mode() {
        return mode;
    }

    /** Takes a call in, unless newer versions are to take it. */
    synchronized boolean beginRequest() {
        if (retired) {
            return false;
        }
        calls++;
        return true;
    }

    synchronized boolean retired() {
        return retired;
    }

    /** A call has ended. */
    synchronized void endRequest() {
        calls--;
        completeWhenIdle();
    }

    private void completeWhenIdle() {
        if (retired && calls == 0) {
            drained.complete(null);
        }
    }

    /** Takes no more calls; the function is stopped once those in flight have ended, or {@code limit} is over. */
    void retire(Duration limit, Duration grace) {
        synchronized (this) {
            if (retired) {
                return;
            }
            retired = true;
            completeWhenIdle();
        }
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

    /** No call is waited for any more. */
    void abandonRequests() {
        drained.complete(null);
    }

    /** Stops the function, whether it has been retired or not. Blocks. */
    void stop(Duration grace) {
        if (retired() && stoppedWithin(grace)) {
            return;
        }
        // One signal to end is enough: a second may mean "at once" to a function that ends in order.
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

    /** Whether it has been retired and stopped. */
    boolean stopped() {
        return stopped.getCount() == 0;
    }

    /** Waits until it has been retired and stopped. */
    void awaitStopped() throws InterruptedException {
        stopped.await();
    }
}
