package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** The timers of an I/O thread. */
class TimerTest {
    private final XnioWorker worker = IoWorker.start();
    private final XnioIoThread thread = worker.getIoThread(0);
    private final List<String> expired = new ArrayList<>();

    @AfterEach
    void stopWorker() throws InterruptedException {
        worker.shutdownNow();
        worker.awaitTermination(10, TimeUnit.SECONDS);
    }

    @Test
    void aTimerThatAnotherOneCancelsWhenBothAreDueDoesNotRun() throws Exception {
        CompletableFuture<List<String>> result = new CompletableFuture<>();
        thread.execute(() -> {
            long from = System.nanoTime();
            List<Timer> second = new ArrayList<>();
            after(from, 1, () -> {
                expired.add("first");
                second.get(0).cancel();
            });
            second.add(after(from, 2, () -> expired.add("second")));
            after(from, 3, () -> expired.add("third"));
            after(from, TimeUnit.MILLISECONDS.toNanos(20), () -> result.complete(expired));
            busyUntil(from + TimeUnit.MILLISECONDS.toNanos(10));
        });

        assertThat(result.get(10, TimeUnit.SECONDS)).containsExactly("first", "third");
    }

    private Timer after(long from, long nanos, Runnable action) {
        return new Timer(thread, from, nanos, action);
    }

    /** Occupies the thread, so that XNIO finds several timers due at once. */
    private static void busyUntil(long end) {
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aTimerOfAThreadThatIsEndingNeverRunsAndCanBeCancelled() {
        Timer timer = new Timer(new EndingThread(), System.nanoTime(), 1, () -> expired.add("timer"));

        timer.cancel();

        assertThat(expired).isEmpty();
    }

    private static final class EndingThread implements XnioExecutor {
        @Override
        public void execute(Runnable command) {
            throw new RejectedExecutionException();
        }

        @Override
        public Key executeAfter(Runnable command, long time, TimeUnit unit) {
            throw new RejectedExecutionException();
        }

        @Override
        public Key executeAtInterval(Runnable command, long time, TimeUnit unit) {
            throw new RejectedExecutionException();
        }
    }
}
