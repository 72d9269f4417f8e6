package dev.fnwatchdog.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitStrategyTest {
    private final WaitStrategy waiting = WaitStrategy.polling(Duration.ofMillis(1));

    @Test
    void aWaitEndsAtItsLimitWhereItsConditionStaysFalse() throws InterruptedException {
        long start = System.nanoTime();

        waiting.await(() -> false, Duration.ofMillis(50));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
    }

    @Test
    void aWaitEndsOnceItsConditionIsTrue() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();

        waiting.await(() -> looks.incrementAndGet() == 3, Duration.ofDays(1));

        assertThat(looks).hasValue(3);
    }

    @Test
    void aWaitWithALimitOfZeroDoesNotCheckItsCondition() throws InterruptedException {
        AtomicBoolean looked = new AtomicBoolean();

        waiting.await(() -> looked.getAndSet(true), Duration.ZERO);

        assertThat(looked).isFalse();
    }

    @Test
    void aWaitWhoseLimitOverflowsLastsUntilItsConditionIsTrue() throws Exception {
        CountDownLatch looking = new CountDownLatch(100);
        AtomicBoolean over = new AtomicBoolean();

        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            try {
                waiting.await(
                        () -> {
                            looking.countDown();
                            return over.get();
                        },
                        Duration.ofSeconds(Long.MAX_VALUE));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(looking.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(done).isNotDone();
        over.set(true);
        done.get(20, TimeUnit.SECONDS);
    }
}
