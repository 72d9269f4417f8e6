package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xnio.XnioExecutor;

/** The queue of the timeouts of an I/O thread. */
class TimeoutQueueTest {
    private final Deque<Runnable> timers = new ArrayDeque<>();
    private final List<String> expired = new ArrayList<>();
    private final TimeoutQueue queue = new TimeoutQueue(new XnioExecutor() {
        @Override
        public void execute(Runnable command) {
            timers.add(command);
        }

        @Override
        public Key executeAfter(Runnable command, long time, TimeUnit unit) {
            timers.add(command);
            return () -> timers.remove(command);
        }

        @Override
        public Key executeAtInterval(Runnable command, long time, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }
    });

    private static long past() {
        return System.nanoTime() - 1_000_000;
    }

    private void fireTimer() {
        timers.remove().run();
    }

    @Test
    void timeoutsExpireInTheirOrderAndCancelledOnesDoNot() {
        long from = past();
        queue.start(from, 3, () -> expired.add("third"));
        queue.start(from, 1, () -> expired.add("first"));
        queue.start(from, 2, () -> expired.add("second")).cancel();

        fireTimer();

        assertThat(expired).containsExactly("first", "third");
    }

    @Test
    void otherTimeoutsExpireAlthoughTheActionOfOneFails() {
        long from = past();
        queue.start(from, 1, () -> {
            throw new IllegalStateException("on purpose");
        });
        queue.start(from, 2, () -> expired.add("other"));

        assertThatIllegalStateException().isThrownBy(this::fireTimer);
        while (!timers.isEmpty()) {
            fireTimer();
        }

        assertThat(expired).containsExactly("other");
    }
}
