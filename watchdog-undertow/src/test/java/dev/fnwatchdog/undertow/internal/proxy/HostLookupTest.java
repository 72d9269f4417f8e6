package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the upstream's host is looked up, and how long the result is used. Proves specification 1.14. */
class HostLookupTest {
    private static final int PORT = 3000;

    private final ExecutorService executor = Executors.newCachedThreadPool(task -> new Thread(task, "lookup"));
    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger lookups = new AtomicInteger();
    private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

    // Mutable state
    private volatile List<String> addresses = List.of();

    @AfterEach
    void endThreads() throws Exception {
        executor.shutdownNow();
        assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private InetAddress[] resolve(String host) throws UnknownHostException {
        lookups.incrementAndGet();
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        List<InetAddress> found = new ArrayList<>();
        for (String address : addresses) {
            found.add(InetAddress.getByName(address));
        }
        return found.toArray(new InetAddress[0]);
    }

    private HostLookup lookup(HostLookup.Resolver resolver) {
        return new HostLookup("function", PORT, new HostLookup.Source(executor, resolver, clock::get));
    }

    /** Adds what is found to {@code results}, as text. */
    private final class Results implements HostLookup.Listener {
        @Override
        public void found(List<InetSocketAddress> found) {
            results.add(String.join(
                    " ",
                    found.stream()
                            .map(address -> address.getAddress().getHostAddress())
                            .toList()));
        }

        @Override
        public void notFound(IOException reason) {
            results.add(String.valueOf(reason.getMessage()));
        }
    }

    private String find(HostLookup host) throws InterruptedException {
        host.find(Runnable::run, new Results());
        return nextResult();
    }

    private String nextResult() throws InterruptedException {
        return String.valueOf(results.poll(10, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "[::1], 0:0:0:0:0:0:0:1", "10.1.2.3, 10.1.2.3"})
    void theTextOfAnAddressIsKnownAtOnceWithoutALookupAndWithoutAThread(String host, String address) {
        HostLookup literal = new HostLookup(
                host,
                PORT,
                new HostLookup.Source(
                        task -> {
                            throw new RejectedExecutionException();
                        },
                        this::resolve,
                        clock::get));

        literal.find(Runnable::run, new Results());
        clock.set(Duration.ofDays(1).toNanos());
        literal.find(Runnable::run, new Results());

        assertThat(results).containsExactly(address, address);
        assertThat(lookups).hasValue(0);
    }

    @Test
    void theAddressesOfANameAreUsedFor30SecondsAndThenLookedUpAgain() throws Exception {
        HostLookup host = lookup(this::resolve);
        addresses = List.of("10.0.0.1");
        assertThat(find(host)).isEqualTo("10.0.0.1");
        addresses = List.of("10.0.0.2");

        clock.set(Duration.ofSeconds(30).toNanos() - 1);
        assertThat(find(host)).isEqualTo("10.0.0.1");
        clock.set(Duration.ofSeconds(30).toNanos());

        assertThat(find(host)).isEqualTo("10.0.0.2");
        assertThat(lookups).hasValue(2);
    }

    @Test
    void theAgeOfAddressesIsCountedFromTheBeginOfTheirLookup() throws Exception {
        HostLookup host = lookup(name -> {
            clock.addAndGet(Duration.ofSeconds(20).toNanos());
            return resolve(name);
        });
        addresses = List.of("10.0.0.1");
        assertThat(find(host)).isEqualTo("10.0.0.1");

        clock.addAndGet(Duration.ofSeconds(10).toNanos());
        find(host);

        assertThat(lookups).hasValue(2);
    }

    @Test
    void aNameThatWasNotFoundIsLookedUpAgainAtOnce() throws Exception {
        HostLookup host = lookup(this::resolve);
        assertThat(find(host)).isEqualTo("the host function cannot be found");
        addresses = List.of("10.0.0.1");

        assertThat(find(host)).isEqualTo("10.0.0.1");
    }

    @Test
    void addressesThatAreTooOldAreNotUsedWhereTheNameIsNotFoundAnyMore() throws Exception {
        HostLookup host = lookup(this::resolve);
        addresses = List.of("10.0.0.1");
        find(host);
        addresses = List.of();
        clock.set(Duration.ofSeconds(30).toNanos());

        assertThat(find(host)).isEqualTo("the host function cannot be found");
    }

    @Test
    void manyThatNeedANameAtOnceShareOneLookupOnAnotherThread() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        BlockingQueue<String> threads = new LinkedBlockingQueue<>();
        HostLookup host = lookup(name -> {
            threads.add(Thread.currentThread().getName());
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return resolve(name);
        });
        addresses = List.of("10.0.0.1");
        for (int i = 0; i < 50; i++) {
            host.find(Runnable::run, new Results());
        }
        assertThat(results).isEmpty();

        released.countDown();

        for (int i = 0; i < 50; i++) {
            assertThat(nextResult()).isEqualTo("10.0.0.1");
        }
        assertThat(threads).containsExactly("lookup");
    }

    @Test
    void theResultOfALookupIsPassedToTheThreadThatAskedForIt() throws Exception {
        ExecutorService ioThread = Executors.newSingleThreadExecutor(task -> new Thread(task, "asking"));
        addresses = List.of("10.0.0.1");
        BlockingQueue<String> threads = new LinkedBlockingQueue<>();
        lookup(this::resolve).find(ioThread, new HostLookup.Listener() {
            @Override
            public void found(List<InetSocketAddress> found) {
                threads.add(Thread.currentThread().getName());
            }

            @Override
            public void notFound(IOException reason) {
                threads.add("not found");
            }
        });

        assertThat(threads.poll(10, TimeUnit.SECONDS)).isEqualTo("asking");
        ioThread.shutdown();
    }

    @Test
    void theAddressThatAcceptedAConnectionLastComesFirst() throws Exception {
        HostLookup host = lookup(this::resolve);
        addresses = List.of("10.0.0.1", "10.0.0.2", "10.0.0.3");
        assertThat(find(host)).isEqualTo("10.0.0.1 10.0.0.2 10.0.0.3");

        host.prefer(new InetSocketAddress("10.0.0.2", PORT));

        assertThat(find(host)).isEqualTo("10.0.0.2 10.0.0.1 10.0.0.3");
        addresses = List.of("10.0.0.3", "10.0.0.4");
        clock.set(Duration.ofSeconds(30).toNanos());
        assertThat(find(host)).isEqualTo("10.0.0.3 10.0.0.4");
    }

    @Test
    void aResolverThatThrowsSomethingElseFailsThoseThatWait() throws Exception {
        BlockingQueue<String> failures = new LinkedBlockingQueue<>();
        ExecutorService quiet = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "lookup");
            thread.setUncaughtExceptionHandler((failed, failure) -> failures.add(String.valueOf(failure.getMessage())));
            return thread;
        });
        HostLookup host = new HostLookup(
                "function",
                PORT,
                new HostLookup.Source(
                        quiet,
                        name -> {
                            throw new IllegalStateException("a resolver of the application");
                        },
                        clock::get));

        assertThat(find(host)).isEqualTo("the host function cannot be found");
        assertThat(failures.poll(10, TimeUnit.SECONDS)).isEqualTo("a resolver of the application");
        quiet.shutdown();
    }

    /** Proves specification 7.24. */
    @Test
    void thoseThatWaitFailWhereNoThreadIsGranted() throws Exception {
        HostLookup host = new HostLookup(
                "function",
                PORT,
                new HostLookup.Source(
                        task -> {
                            throw new RejectedExecutionException("no thread");
                        },
                        this::resolve,
                        clock::get));

        assertThat(find(host)).isEqualTo("no thread is available to look up the host function");
        assertThat(find(host)).isEqualTo("no thread is available to look up the host function");
    }

    @Test
    void localhostIsFoundByTheSystem() throws Exception {
        HostLookup host = new HostLookup("localhost", PORT, HostLookup.Source.ofSystem(executor));

        assertThat(Arrays.asList(find(host).split(" "))).contains("127.0.0.1");
    }
}
