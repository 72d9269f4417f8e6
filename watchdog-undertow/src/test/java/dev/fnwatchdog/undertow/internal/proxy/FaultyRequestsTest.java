package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ClientProtocol;
import dev.fnwatchdog.undertow.fixture.FunctionScheme;
import dev.fnwatchdog.undertow.fixture.MessageBody;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.ReceivedRequest;
import dev.fnwatchdog.undertow.fixture.ReceivedRequest.Break;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.SchemeFunction;
import dev.fnwatchdog.undertow.fixture.SentRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many requests that their function or their client breaks off, in random order, leave nothing behind. Proves specification
 * 3.32, 3.37, 3.40, 3.41, 3.45, 3.49, 3.51.
 */
class FaultyRequestsTest {
    private static final String SEED = "fuzz.seed";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int REQUESTS_AT_ONCE = 8;
    private static final int REQUESTS_PER_ROUND = 10;
    /** What the fixture's own clients keep open, for the metrics. */
    private static final int DESCRIPTORS_OF_FIXTURE = 8;

    /** What a function does with a request, and what a client may see of it. */
    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private enum Fault {
        NONE(200, true, request -> request.respond(200, request.readBody().text())),
        EARLY(200, true, request -> request.respond(200, "early")),
        EARLY_AND_CLOSED(200, true, request -> {
            try {
                request.respond(200, "early");
            } finally {
                // Also where the client has left before the response has ended.
                request.closeConnection();
            }
        }),
        HANGS(504, true, ReceivedRequest::awaitAbort),
        HANGS_WITHIN_BODY(200, false, request -> {
            begin(request);
            request.awaitAbort();
        }),
        CLOSES(500, true, request -> request.breakOff(Break.CLOSE)),
        RESETS(500, true, request -> request.breakOff(Break.RESET)),
        CLOSES_WITHIN_HEAD(500, true, request -> {
            request.partOfHead();
            request.closeConnection();
        }),
        CLOSES_AFTER_INTERIMS(500, true, request -> {
            for (int i = 0; i < 20; i++) {
                request.interim(103, "link: </a>");
            }
            request.breakOff(Break.RESET);
        }),
        MALFORMED_HEAD(500, true, ReceivedRequest::malformedHead),
        TOO_LONG_HEAD(500, true, request -> request.headOf(2 << 20)),
        CLOSES_WITHIN_BODY(200, false, request -> {
            begin(request);
            request.breakOff(Break.CLOSE);
        }),
        RESETS_WITHIN_BODY(200, false, request -> {
            begin(request);
            request.breakOff(Break.RESET);
        }),
        MALFORMED_BODY(200, false, request -> {
            begin(request);
            request.malformedData();
        }),
        VIOLATION(500, true, request -> request.violate(Math.floorMod(kind(request), request.violations())));

        private final int status;
        private final boolean whole;
        private final SchemeFunction.Script script;

        Fault(int status, boolean whole, SchemeFunction.Script script) {
            this.status = status;
            this.whole = whole;
            this.script = script;
        }

        private boolean hangs() {
            return this == HANGS || this == HANGS_WITHIN_BODY;
        }

        private static void begin(ReceivedRequest request) throws IOException {
            request.head(200, "content-type: a/b");
            request.data("piece");
        }

        private static int kind(ReceivedRequest request) {
            return Integer.parseInt(request.field("x-kind"));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(150)
    void faultyRequestsLeaveNothingBehind(FunctionScheme tested) throws Exception {
        run(tested, 500, Long.getLong(SEED, 1));
    }

    @Tag("nightly")
    @ParameterizedTest
    @EnumSource
    @Timeout(1800)
    void tenThousandFaultyRequestsLeaveNothingBehind(FunctionScheme tested) throws Exception {
        run(tested, 10_000, Long.getLong(SEED, System.nanoTime()));
    }

    private static void run(FunctionScheme tested, int requests, long seed) throws Exception {
        System.out.printf("%d faulty requests over %s: -D%s=%d%n", requests, tested, SEED, seed);
        try (SchemeFunction function = SchemeFunction.serving(
                        tested, request -> fault(request).script.serve(request));
                RunningWatchdog watchdog = function.watchdog("exec_timeout", "10s", "http2_max_streams", "20")) {
            SplittableRandom random = new SplittableRandom(seed);
            new Client(random.split(), tested, watchdog).round();
            settle(function, watchdog);
            long descriptors = descriptors();
            List<String> threads = threads();
            for (int done = 0; done < requests; done += REQUESTS_AT_ONCE * REQUESTS_PER_ROUND) {
                List<CompletableFuture<Void>> clients = new ArrayList<>();
                for (int i = 0; i < REQUESTS_AT_ONCE; i++) {
                    clients.add(CompletableFuture.runAsync(new Client(random.split(), tested, watchdog)::round));
                }
                for (CompletableFuture<Void> client : clients) {
                    await(client);
                }
                assertServes(watchdog);
            }
            settle(function, watchdog);
            Polling.until(PATIENCE, () -> descriptors() <= descriptors + DESCRIPTORS_OF_FIXTURE);
            assertThat(threads()).containsExactlyInAnyOrderElementsOf(threads);
            for (ClientProtocol protocol : ClientProtocol.values()) {
                assertThat(honestStatus(watchdog, protocol)).isEqualTo(200);
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("reproduce with -D%s=%d".formatted(SEED, seed), e);
        }
    }

    private static Fault fault(ReceivedRequest request) {
        return Fault.valueOf(request.path().substring(1));
    }

    private static void await(CompletableFuture<Void> client) throws Exception {
        try {
            client.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new AssertionError("a client has failed", failed.getCause());
        }
    }

    /** Waits until nothing is left of the requests before, not even idle connections. */
    private static void settle(SchemeFunction function, RunningWatchdog watchdog) {
        watchdog.awaitIdle();
        Polling.until(PATIENCE, () -> {
            function.closeConnections();
            return watchdog.metric("watchdog_upstream_connections") == 0;
        });
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("watchdog") && !name.contains("task"))
                .toList();
    }

    /** The connection of an earlier request may break at this moment: one of the next has to be served. */
    private static void assertServes(RunningWatchdog watchdog) {
        Polling.until(PATIENCE, () -> honestStatus(watchdog, ClientProtocol.HTTP_1_1) == 200);
    }

    private static int honestStatus(RunningWatchdog watchdog, ClientProtocol protocol) throws IOException {
        try (SentRequest client = protocol.connect(watchdog).get("/NONE")) {
            return client.status();
        }
    }

    /** Sends faulty requests, one after the other. */
    private record Client(SplittableRandom random, FunctionScheme scheme, RunningWatchdog watchdog) {
        void round() {
            for (int i = 0; i < REQUESTS_PER_ROUND; i++) {
                Fault[] faults = Fault.values();
                Fault fault = faults[random.nextInt(faults.length)];
                if (fault.hangs() && random.nextInt(4) > 0) {
                    // They take long.
                    fault = Fault.VIOLATION;
                }
                ClientProtocol protocol = random.nextBoolean() ? ClientProtocol.HTTP_1_1 : ClientProtocol.HTTP_2;
                String kind = "x-kind: " + random.nextInt(1000);
                try (SentRequest client = protocol.connect(watchdog)) {
                    request(client, fault, kind);
                } catch (IOException | AssertionError e) {
                    throw new AssertionError("%s to a function that %s, %s".formatted(protocol, fault, kind), e);
                }
            }
        }

        private void request(SentRequest client, Fault fault, String kind) throws IOException {
            // The others get 504 only on a machine that does not get to them.
            String timeout = "x-timeout: " + (fault.hangs() ? "1s" : "10s");
            String body = "b".repeat(random.nextInt(4) == 0 ? random.nextInt(60_000) : random.nextInt(20));
            boolean post = random.nextBoolean();
            int abort = random.nextInt(16);
            String path = "/" + fault;
            if (post) {
                sendPost(client, path, body, kind, timeout);
            } else {
                client.send("GET", path, kind, timeout);
            }
            if (abort == 0) {
                client.disconnect();
                return;
            }
            int status = client.status();
            if (abort == 1) {
                client.disconnect();
                return;
            }
            MessageBody.Received received = client.body();
            if (scheme != FunctionScheme.H2C) {
                assertThat(status).isEqualTo(fault.status);
                assertThat(received.whole()).isEqualTo(fault.whole);
            } else {
                // What ends a connection ends all of its streams.
                assertThat(status).isIn(fault.status, 500, 504);
                assertThat(received.whole() && status == 200 && !fault.whole).isFalse();
            }
            if (status == 200 && received.whole() && fault == Fault.NONE) {
                assertThat(received.text()).isEqualTo(post ? body : "");
            }
        }

        /** A response may come before all was sent, and its end then ends the upload. */
        private static void sendPost(SentRequest client, String path, String body, String kind, String timeout)
                throws IOException {
            client.post(path, kind, timeout, "content-length: " + body.length());
            try {
                client.data(body).end();
            } catch (IOException refused) {
                // The response says why.
            }
        }
    }
}
