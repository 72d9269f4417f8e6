package dev.fnwatchdog.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fnwatchdog.core.limit.ConcurrencyLimit.Outcome;
import dev.fnwatchdog.core.limit.ConcurrencyLimit.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConcurrencyLimitTest {
    private static final int THREADS = 16;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private static ConcurrencyLimit withoutQueue(int max) {
        return new ConcurrencyLimit(max, 0);
    }

    private static Permit acquire(ConcurrencyLimit limit) {
        return limit.acquire(() -> {
            throw new AssertionError("decided a second time");
        });
    }

    /** Proves specification 7.2. */
    @Test
    void aRequestBeyondTheLimitIsRefusedUntilAPermitIsReleased() {
        ConcurrencyLimit limit = withoutQueue(2);
        Permit first = acquire(limit);
        assertThat(acquire(limit).outcome()).isEqualTo(Outcome.GRANTED);

        assertThat(acquire(limit).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(limit.held()).isEqualTo(2);

        first.release();

        assertThat(acquire(limit).outcome()).isEqualTo(Outcome.GRANTED);
        assertThat(acquire(limit).outcome()).isEqualTo(Outcome.REFUSED);
    }

    /** Proves specification 7.2. */
    @Test
    void theLimitIsReachedExactlyWhileEveryPermitIsHeld() {
        ConcurrencyLimit limit = withoutQueue(1);
        assertThat(limit.isReached()).isFalse();

        Permit only = acquire(limit);
        assertThat(limit.isReached()).isTrue();

        only.release();
        assertThat(limit.isReached()).isFalse();
    }

    /** Proves specification 7.2. */
    @Test
    void withoutALimitNoRequestIsRefused() {
        ConcurrencyLimit none = withoutQueue(0);

        for (int i = 0; i < 10_000; i++) {
            Permit permit = acquire(none);
            assertThat(permit.isHeld()).isTrue();
        }

        assertThat(none.isReached()).isFalse();
        assertThat(none.max()).isZero();
    }

    @Test
    void theLimitIsTheOneThatWasConfigured() {
        assertThat(withoutQueue(7).max()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({"-1,0", "1,-1"})
    void aNegativeLimitIsRefused(int max, int maxWaiting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConcurrencyLimit(max, maxWaiting))
                .withMessageContaining("-1");
    }

    /** Proves specification 7.3. */
    @Test
    void requestsInTheQueueGetReleasedPermitsInOrderOfArrival() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1, 3);
        List<Integer> order = new ArrayList<>();
        Permit first = acquire(limit);
        List<Permit> queued = IntStream.range(0, 3)
                .mapToObj(i -> limit.acquire(() -> order.add(i)))
                .toList();

        assertThat(queued).allMatch(permit -> permit.outcome() == Outcome.QUEUED && !permit.isHeld());
        assertThat(limit.waiting()).isEqualTo(3);

        first.release();
        assertThat(order).containsExactly(0);
        assertThat(queued.get(0).isHeld()).isTrue();
        queued.get(0).release();
        queued.get(0).release();
        assertThat(order).containsExactly(0, 1);
        queued.get(1).release();
        queued.get(2).release();

        assertThat(order).containsExactly(0, 1, 2);
        assertThat(limit.held()).isZero();
        assertThat(limit.waiting()).isZero();
    }

    /** Proves specification 2.3, 7.3. */
    @Test
    void theLimitIsReachedWhenTheQueueIsFullToo() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1, 1);
        acquire(limit);
        assertThat(limit.isReached()).isFalse();

        Permit queued = acquire(limit);

        assertThat(limit.isReached()).isTrue();
        assertThat(acquire(limit).outcome()).isEqualTo(Outcome.REFUSED);
        queued.release();
        assertThat(limit.isReached()).isFalse();
    }

    /** Proves specification 7.3. */
    @Test
    void aRequestThatHasLeftTheQueueGetsNoPermit() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1, 2);
        List<String> granted = new ArrayList<>();
        Permit first = acquire(limit);
        Permit left = acquire(limit);
        limit.acquire(() -> granted.add("second"));

        left.release();
        first.release();

        assertThat(granted).containsExactly("second");
        assertThat(left.isHeld()).isFalse();
    }

    /** Proves specification 7.3. */
    @Test
    void aClosedQueueRefusesThoseWhoWaitAndKeepsPermitsThatAreHeld() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1, 2);
        AtomicInteger decided = new AtomicInteger();
        Permit held = acquire(limit);
        Permit queued = limit.acquire(decided::incrementAndGet);

        limit.close();

        assertThat(decided).hasValue(1);
        assertThat(queued.isHeld()).isFalse();
        assertThat(acquire(limit).outcome()).isEqualTo(Outcome.REFUSED);
        queued.release();
        assertThat(limit.held()).isEqualTo(1);
        held.release();
        assertThat(acquire(limit).outcome()).isEqualTo(Outcome.GRANTED);
    }

    /** Proves specification 7.2. */
    @RepeatedTest(50)
    void threadsThatAcquireAtOnceGetExactlyAsManyPermitsAsTheLimit() throws Exception {
        ConcurrencyLimit limit = withoutQueue(5);
        CyclicBarrier start = new CyclicBarrier(THREADS);

        List<Permit> permits = onEveryThread(() -> {
            start.await();
            return acquire(limit);
        });

        assertThat(permits.stream().filter(Permit::isHeld)).hasSize(5);
        assertThat(limit.held()).isEqualTo(5);
    }

    /** Proves specification 7.2. */
    @RepeatedTest(50)
    void aPermitThatSeveralThreadsReleaseAtOnceIsReleasedOnce() throws Exception {
        ConcurrencyLimit limit = withoutQueue(2);
        Permit ending = acquire(limit);
        assertThat(acquire(limit).isHeld()).isTrue();
        CyclicBarrier start = new CyclicBarrier(THREADS);

        onEveryThread(() -> {
            start.await();
            ending.release();
            return true;
        });

        assertThat(limit.held()).isEqualTo(1);
    }

    /** Proves specification 7.2, 7.3. */
    @Test
    void underContentionEachRequestIsServedOnceAndNoMoreAtOnceThanTheLimit() throws Exception {
        int max = 3;
        int rounds = 20_000;
        ConcurrencyLimit limit = new ConcurrencyLimit(max, THREADS);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();

        List<Integer> mostSeen = onEveryThread(() -> {
            int most = 0;
            for (int i = 0; i < rounds; i++) {
                CountDownLatch granted = new CountDownLatch(1);
                Permit permit = limit.acquire(granted::countDown);
                if (permit.outcome() == Outcome.QUEUED) {
                    granted.await();
                }
                most = Math.max(most, Math.max(inside.incrementAndGet(), limit.held()));
                served.incrementAndGet();
                inside.decrementAndGet();
                permit.release();
            }
            return most;
        });

        assertThat(mostSeen).allMatch(most -> most <= max);
        assertThat(served).hasValue(THREADS * rounds);
        assertThat(limit.held()).isZero();
        assertThat(limit.waiting()).isZero();
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
