package dev.fnwatchdog.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fnwatchdog.core.limit.ConcurrencyLimit.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private static final int THREADS = 16;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    /** Proves specification 7.2. */
    @Test
    void aRequestBeyondTheLimitIsRefusedUntilAPermitIsReleased() {
        ConcurrencyLimit limit = new ConcurrencyLimit(2);
        Permit first = limit.tryAcquire().orElseThrow();
        assertThat(limit.tryAcquire()).isPresent();

        assertThat(limit.tryAcquire()).isEmpty();
        assertThat(limit.inFlight()).isEqualTo(2);

        first.release();

        assertThat(limit.tryAcquire()).isPresent();
        assertThat(limit.tryAcquire()).isEmpty();
    }

    /** Proves specification 7.2. */
    @Test
    void theLimitIsMetExactlyWhileEveryPermitIsHeld() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1);
        assertThat(limit.isReached()).isFalse();

        Permit only = limit.tryAcquire().orElseThrow();
        assertThat(limit.isReached()).isTrue();

        only.release();
        assertThat(limit.isReached()).isFalse();
    }

    @Test
    void withoutALimitRequestsAreCountedAndNeverRefused() {
        ConcurrencyLimit none = new ConcurrencyLimit(0);

        for (int i = 0; i < 10_000; i++) {
            assertThat(none.tryAcquire()).isPresent();
        }

        assertThat(none.inFlight()).isEqualTo(10_000);
        assertThat(none.isReached()).isFalse();
        assertThat(none.max()).isZero();
    }

    @Test
    void theLimitIsTheOneThatWasConfigured() {
        assertThat(new ConcurrencyLimit(7).max()).isEqualTo(7);
    }

    @Test
    void aNegativeLimitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConcurrencyLimit(-1))
                .withMessageContaining("-1");
    }

    /** Proves specification 7.2. */
    @RepeatedTest(50)
    void threadsThatAcquireAtOnceGetExactlyAsManyPermitsAsTheLimit() throws Exception {
        ConcurrencyLimit limit = new ConcurrencyLimit(5);
        CyclicBarrier start = new CyclicBarrier(THREADS);

        List<Optional<Permit>> results = onEveryThread(() -> {
            start.await();
            return limit.tryAcquire();
        });

        assertThat(results.stream().filter(Optional::isPresent)).hasSize(5);
        assertThat(limit.inFlight()).isEqualTo(5);
    }

    /** Proves specification 7.2. */
    @RepeatedTest(50)
    void aPermitThatSeveralThreadsReleaseAtOnceIsReleasedOnce() throws Exception {
        ConcurrencyLimit limit = new ConcurrencyLimit(2);
        Permit ending = limit.tryAcquire().orElseThrow();
        assertThat(limit.tryAcquire()).isPresent();
        CyclicBarrier start = new CyclicBarrier(THREADS);

        onEveryThread(() -> {
            start.await();
            ending.release();
            return true;
        });

        assertThat(limit.inFlight()).isEqualTo(1);
    }

    /** Proves specification 7.2. */
    @Test
    void underContentionNoMorePermitsAreHeldThanTheLimit() throws Exception {
        int max = 3;
        ConcurrencyLimit limit = new ConcurrencyLimit(max);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();

        List<Integer> mostSeen = onEveryThread(() -> {
            int most = 0;
            for (int i = 0; i < 20_000; i++) {
                Optional<Permit> permit = limit.tryAcquire();
                if (permit.isPresent()) {
                    most = Math.max(most, Math.max(inside.incrementAndGet(), limit.inFlight()));
                    served.incrementAndGet();
                    inside.decrementAndGet();
                    permit.get().release();
                }
            }
            return most;
        });

        assertThat(mostSeen).allMatch(most -> most <= max);
        assertThat(served).hasPositiveValue();
        assertThat(limit.inFlight()).isZero();
    }

    private <T> List<T> onEveryThread(Callable<T> action) throws Exception {
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            running.add(threads.submit(action));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : running) {
            results.add(future.get());
        }
        return results;
    }
}
