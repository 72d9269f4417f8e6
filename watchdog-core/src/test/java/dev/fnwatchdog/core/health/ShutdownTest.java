package dev.fnwatchdog.core.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.fnwatchdog.core.health.Shutdown.Cause;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShutdownTest {
    // Not the common pool, which has one thread on two processors: a shutdown blocks its thread.
    private static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "shutdown");
        thread.setDaemon(true);
        thread.start();
    };

    private static final Shutdown.Limits LIMITS = new Shutdown.Limits(Duration.ofSeconds(30), Duration.ofSeconds(10));

    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger expected = new AtomicInteger();

    /** Proves specification 7.5, 7.9. */
    @Test
    void onSigtermTheStepsOfTheShutdownAreTakenInOrder() {
        inFlight.set(2);

        int status = shutdown(this::waitOutTheLimit).begin(Cause.SIGTERM);

        assertThat(status).isZero();
        assertThat(steps)
                .containsExactly(
                        "refuse probes",
                        "log SIGTERM: no new connections in 30s",
                        "wait 30s",
                        "close listener",
                        "log No new connections allowed, draining: 2 requests",
                        "wait 10s",
                        "log Exiting. Active connections: 2",
                        "stop function");
    }

    /** Proves specification 7.10. */
    @Test
    void onSigintTheShutdownDoesNotWaitForHealthcheckInterval() {
        int status = shutdown(this::waitOutTheLimit).begin(Cause.SIGINT);

        assertThat(status).isZero();
        assertThat(steps)
                .startsWith(
                        "refuse probes",
                        "log SIGINT: no new connections in 0s",
                        "wait 0s",
                        "close listener",
                        "log No new connections allowed, draining: 0 requests")
                .endsWith("stop function");
    }

    /** Proves specification 1.24. */
    @Test
    void aClosedWatchdogLogsNoSignalAndDoesNotWaitForHealthcheckInterval() {
        int status = shutdown(this::waitOutTheLimit).begin(Cause.CLOSE);

        assertThat(status).isZero();
        assertThat(steps)
                .startsWith(
                        "refuse probes",
                        "wait 0s",
                        "close listener",
                        "log No new connections allowed, draining: 0 requests")
                .endsWith("stop function");
    }

    /** Proves specification 1.19, 7.5. */
    @Test
    void onSigtermHealthcheckIntervalPassesThoughNothingIsInFlight() {
        shutdown((over, limit) -> {
                    steps.add("over %s after %s".formatted(over.getAsBoolean(), limit));
                })
                .begin(Cause.SIGTERM);

        assertThat(steps).contains("over false after PT30S", "over true after PT10S");
    }

    /** Proves specification 7.9. */
    @Test
    void theDrainEndsOnceNothingIsLeftInFlight() {
        inFlight.set(3);

        shutdown((over, limit) -> {
                    while (steps.contains("close listener") && !over.getAsBoolean()) {
                        inFlight.decrementAndGet();
                    }
                })
                .begin(Cause.SIGTERM);

        assertThat(steps)
                .contains("log No new connections allowed, draining: 3 requests", "log Exiting. Active connections: 0");
    }

    /** Proves specification 7.8. */
    @Test
    void theDrainWaitsForExpectedRequestsThoughNoneIsInFlight() {
        expected.set(2);

        shutdown((over, limit) -> {
                    while (steps.contains("close listener") && !over.getAsBoolean()) {
                        steps.add("expects " + expected.getAndDecrement());
                    }
                })
                .begin(Cause.SIGTERM);

        assertThat(steps)
                .containsSubsequence(
                        "log No new connections allowed, draining: 0 requests",
                        "expects 2",
                        "expects 1",
                        "log Exiting. Active connections: 0",
                        "stop function");
    }

    /** Proves specification 7.11. */
    @ParameterizedTest
    @CsvSource({"SIGTERM, SIGTERM, 143", "SIGTERM, SIGINT, 130", "SIGINT, SIGINT, 130", "CLOSE, SIGTERM, 143"})
    void aSecondSignalKillsTheFunctionAndEndsWith128PlusItsNumber(Cause first, Cause second, int expected)
            throws Exception {
        CountDownLatch draining = new CountDownLatch(1);
        inFlight.set(1);
        Shutdown shutdown = shutdown((over, limit) -> {
            if (steps.contains("close listener")) {
                draining.countDown();
                spinUntil(over);
            }
        });
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> shutdown.begin(first));
        assertThat(draining.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(shutdown.begin(second)).isEqualTo(expected);
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(expected);
        assertThat(steps).endsWith("kill function").doesNotContain("stop function");
    }

    /** Proves specification 7.11. */
    @Test
    void theStatusOfTheSecondSignalIsReturnedOnlyAfterTheFunctionIsKilled() throws Exception {
        CountDownLatch quiet = new CountDownLatch(1);
        CountDownLatch killing = new CountDownLatch(1);
        CountDownLatch kill = new CountDownLatch(1);
        Shutdown shutdown = new Shutdown(
                new RecordedSteps() {
                    @Override
                    public void killFunction() {
                        killing.countDown();
                        assertThatCode(kill::await).doesNotThrowAnyException();
                    }
                },
                (over, limit) -> {
                    quiet.countDown();
                    spinUntil(over);
                },
                LIMITS,
                ShutdownTest::seconds);
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> shutdown.begin(Cause.SIGTERM), THREADS);
        assertThat(quiet.await(20, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Integer> second = CompletableFuture.supplyAsync(() -> shutdown.begin(Cause.SIGTERM), THREADS);
        assertThat(killing.await(20, TimeUnit.SECONDS)).isTrue();

        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> first.get(100, TimeUnit.MILLISECONDS));
        assertThat(second).isNotDone();
        kill.countDown();
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(143);
        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(143);
    }

    /** Proves specification 7.11. */
    @Test
    void aSecondSignalDuringHealthcheckIntervalKillsWithoutClosingTheListener() throws Exception {
        CountDownLatch quiet = new CountDownLatch(1);
        Shutdown shutdown = shutdown((over, limit) -> {
            quiet.countDown();
            spinUntil(over);
        });
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> shutdown.begin(Cause.SIGTERM), THREADS);
        assertThat(quiet.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(shutdown.begin(Cause.SIGINT)).isEqualTo(130);
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(130);
        assertThat(steps).containsExactly("refuse probes", "log SIGTERM: no new connections in 30s", "kill function");
    }

    @Test
    void severalThreadsThatCloseTheWatchdogShareOneShutdown() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Shutdown shutdown = shutdown((over, limit) -> {
            waiting.countDown();
            goOn.await();
        });
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> shutdown.begin(Cause.SIGTERM), THREADS);
        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Integer> second = CompletableFuture.supplyAsync(() -> shutdown.begin(Cause.CLOSE), THREADS);
        assertThat(second).isNotDone();

        goOn.countDown();

        assertThat(second.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(first.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(steps).containsOnlyOnce("stop function").doesNotContain("kill function");
    }

    @Test
    void aShutdownThatIsDoneTakesNoFurtherStep() {
        Shutdown shutdown = shutdown(this::waitOutTheLimit);
        shutdown.begin(Cause.SIGTERM);
        steps.clear();

        assertThat(shutdown.begin(Cause.SIGTERM)).isZero();
        assertThat(steps).isEmpty();
    }

    @Test
    void theFunctionIsStoppedThoughAnEarlierStepOfTheShutdownFails() {
        Shutdown shutdown = new Shutdown(
                new RecordedSteps() {
                    @Override
                    public void closeListener() {
                        throw new IllegalStateException("listener");
                    }
                },
                this::waitOutTheLimit,
                LIMITS,
                ShutdownTest::seconds);

        assertThatIllegalStateException()
                .isThrownBy(() -> shutdown.begin(Cause.SIGTERM))
                .withMessage("listener");
        assertThat(steps).endsWith("stop function");
        assertThat(shutdown.begin(Cause.CLOSE)).isZero();
    }

    @Test
    void anInterruptedShutdownTakesEveryStepWithoutWaiting() {
        inFlight.set(1);
        Thread.currentThread().interrupt();

        shutdown(WaitStrategy.polling(Duration.ofMillis(1))).begin(Cause.SIGTERM);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(steps).contains("close listener").endsWith("log Exiting. Active connections: 1", "stop function");
    }

    private Shutdown shutdown(WaitStrategy waiting) {
        return new Shutdown(new RecordedSteps(), waiting, LIMITS, ShutdownTest::seconds);
    }

    private void waitOutTheLimit(BooleanSupplier over, Duration limit) {
        steps.add("wait " + seconds(limit));
    }

    private static void spinUntil(BooleanSupplier over) {
        while (!over.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + "s";
    }

    private class RecordedSteps implements Shutdown.Steps {
        @Override
        public void refuseProbes() {
            steps.add("refuse probes");
        }

        @Override
        public void closeListener() {
            steps.add("close listener");
        }

        @Override
        public int inFlight() {
            return inFlight.get();
        }

        @Override
        public boolean drained() {
            return inFlight.get() == 0 && expected.get() == 0;
        }

        @Override
        public void stopFunction() {
            steps.add("stop function");
        }

        @Override
        public void killFunction() {
            steps.add("kill function");
        }

        @Override
        public void log(String line) {
            steps.add("log " + line);
        }
    }
}
