package dev.fnwatchdog.undertow.internal.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.FunctionScheme;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.ReceivedRequest;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.SchemeFunction;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests {@code /metrics/function}, the function's own metrics page. Proves specification 2.17. */
class FunctionMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PAGE = "# TYPE orders_total counter\norders_total 3\n";
    private static final String SETTING = "metrics_upstream_path";
    private static final int EIGHT_MEBIBYTES = 8 * 1024 * 1024;
    private static final String PIECE = "p".repeat(64 * 1024);

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private static HttpResponse<String> scrape(RunningWatchdog watchdog, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + watchdog.metricsPort() + "/metrics/function"))
                .version(HttpClient.Version.HTTP_1_1);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return watchdog.send(request.build());
    }

    private static void assertFailure(HttpResponse<String> response, int status, String... line) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(response.headers().firstValue("X-OpenFaaS-Internal")).contains("of-watchdog");
        assertThat(response.headers().firstValue("X-Own")).isEmpty();
        assertThat(response.body()).contains(line).endsWith("\n").hasLineCount(1);
    }

    private static RawClient connect(RunningWatchdog watchdog) throws Exception {
        return RawClient.to(InetAddress.getLoopbackAddress(), watchdog.metricsPort());
    }

    private static String http1(int status, String body) {
        return "HTTP/1.1 %d X\r\nX-Own: a\r\nContent-Type: text/x-page\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, body.length(), body);
    }

    @ParameterizedTest
    @EnumSource
    void thePageOfTheFunctionIsTheResponseForEveryScheme(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, request -> {
                    seen.add(request.method() + " " + request.path() + " " + request.field("accept"));
                    request.respond(200, PAGE);
                });
                RunningWatchdog watchdog = function.watchdog(SETTING, "/own/metrics")) {
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> page = scrape(watchdog, "Accept", "text/x-own");

                assertThat(page.statusCode()).isEqualTo(200);
                assertThat(page.headers().firstValue("Content-Type")).contains("a/b");
                assertThat(page.body()).isEqualTo(PAGE);
                assertThat(seen.take()).isEqualTo("GET /own/metrics text/x-own");
            }
            assertThat(function.connections()).isEqualTo(1);
            assertThat(watchdog.metrics()).doesNotContain("orders_total").doesNotContain("http_requests_total{");
        }
    }

    @Test
    void theScrapeIsOneGetWithItsHeaderFieldsWithoutQueryAndUpgrade() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        seen.add(connection.readHead());
                        connection.send(http1(200, PAGE));
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function,
                        SETTING,
                        "/metrics",
                        "http_upstream_url",
                        "http://127.0.0.1:%d/base".formatted(function.port()));
                RawClient client = connect(watchdog)) {
            client.send("HEAD /metrics/function?name=x HTTP/1.1\r\nHost: h\r\nX-Scrape: s\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ").contains("\r\nContent-Length: 43\r\n");
            client.send("GET http://h/metrics/function HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.readResponse()).contains("\r\nX-Own: a\r\n").endsWith(PAGE);

            assertThat(seen.take())
                    .startsWith("GET /base/metrics HTTP/1.1\r\n")
                    .contains("\r\nX-Scrape: s\r\n")
                    .doesNotContain("Upgrade");
            assertThat(seen.take()).startsWith("GET /base/metrics HTTP/1.1\r\n").doesNotContain("Content-Length");
        }
    }

    @Test
    void aScraperThatSpeaksHttp2GetsThePageToo() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(http1(200, PAGE));
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, SETTING, "/metrics");
                Http2Client client = Http2Client.on(connect(watchdog))) {
            client.get(1, "/metrics/function");

            assertThat(client.response(1))
                    .contains(":status: 200\n")
                    .contains("content-type: text/x-page\n")
                    .endsWith(PAGE);
        }
    }

    @ParameterizedTest
    @CsvSource({"GET /metrics/function HTTP/1.1, 404, ''", "GET /metrics/function/ HTTP/1.1, 404, /metrics"})
    void anotherPathAndEveryPathWithoutTheSettingIs404(String line, int status, String path) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(http1(200, PAGE));
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, SETTING, path);
                RawClient client = connect(watchdog)) {
            client.send(line + "\r\nHost: h\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 " + status + " ");
            assertThat(function.connections()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"POST, 'Content-Length: 0', 405", "GET, 'Content-Length: 2', 400"})
    void aRequestThatIsNoScrapeIsRefused(String method, String field, int status) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(http1(200, PAGE));
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, SETTING, "/metrics");
                RawClient client = connect(watchdog)) {
            client.send("%s /metrics/function HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n".formatted(method, field));

            assertThat(client.readResponse()).startsWith("HTTP/1.1 " + status + " ");
            assertThat(function.connections()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"404", "204", "302", "500"})
    void anotherStatusOfTheFunctionIs502AndTheWatchdogGoesOn(int status) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(FunctionScheme.HTTP, request -> {
                    if (request.path().equals("/metrics")) {
                        request.headAlone(status, "x-own: a", "location: /elsewhere");
                    } else {
                        request.respond(200, "hi");
                    }
                });
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics")) {
            assertFailure(scrape(watchdog), 502, "the function has responded to /metrics with status " + status);
            watchdog.log().awaitLine("/metrics/function: the function has responded to /metrics with status " + status);
            assertThat(watchdog.get("/").body()).isEqualTo("hi");
        }
    }

    @Test
    void aFunctionThatIsNotReadyIs503AndNoErrorIsCounted() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(FreePort.any(), SETTING, "/metrics")) {
            assertFailure(scrape(watchdog), 503, "the function is not ready");

            assertThat(watchdog.metric("watchdog_upstream_errors_total{kind=\"connect\"}"))
                    .isZero();
        }
    }

    /** Proves specification 2.16, 2.17. */
    @ParameterizedTest
    @EnumSource
    void aFunctionThatCannotBeReachedAnyMoreIs502AndCounted(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, request -> request.respond(200, PAGE));
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics")) {
            function.stopAccepting();
            function.closeConnections();

            assertFailure(scrape(watchdog), 502, "the function at ", "cannot be reached: ");
            assertThat(watchdog.metric("watchdog_upstream_errors_total{kind=\"connect\"}"))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFunctionThatBreaksOffBeforeItsHeadIs502(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function =
                        SchemeFunction.serving(scheme, request -> request.breakOff(ReceivedRequest.Break.RESET));
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics")) {
            assertFailure(scrape(watchdog), 502, "sent no response");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFunctionThatBreaksOffInItsPageIs502AndNoPartOfThePageIsSent(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, request -> {
                    request.head(200, "content-type: a/b", "x-own: a", "content-length: 100");
                    request.data("orders_total 3\n");
                    request.breakOff(ReceivedRequest.Break.RESET);
                });
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics")) {
            assertFailure(scrape(watchdog), 502, "the function aborted its metrics page: ");
        }
    }

    private static void sendPieces(ReceivedRequest request, int bytes) throws Exception {
        for (int sent = 0; sent < bytes; sent += PIECE.length()) {
            request.data(PIECE);
        }
    }

    private static void sendPage(ReceivedRequest request) throws Exception {
        request.head(200, "content-type: a/b", "x-own: a");
        sendPieces(request, Integer.parseInt(request.field("x-bytes")));
        if (request.field("x-more").equals("yes")) {
            request.data("m");
        }
        request.end();
    }

    @ParameterizedTest
    @EnumSource
    void aLongPageWithoutALengthArrivesAsAWhole(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, FunctionMetricsTest::sendPage);
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics")) {
            HttpResponse<String> page = scrape(watchdog, "X-Bytes", Integer.toString(4 * PIECE.length()));

            assertThat(page.body()).isEqualTo(PIECE.repeat(4));
            assertThat(page.headers().firstValue("Content-Length")).contains(Integer.toString(4 * PIECE.length()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "H2C"})
    void aPageOfEightMebibytesPassesAndALongerOneIs502(FunctionScheme scheme) throws Exception {
        String length = Integer.toString(EIGHT_MEBIBYTES);
        try (SchemeFunction function = SchemeFunction.serving(scheme, FunctionMetricsTest::sendPage);
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics")) {
            // On a busy machine the page may take longer than it is waited for.
            Polling.until(
                    PATIENCE, () -> scrape(watchdog, "X-Bytes", length).body().length() == EIGHT_MEBIBYTES);
            Polling.until(
                    PATIENCE,
                    () -> scrape(watchdog, "X-Bytes", length, "X-More", "yes")
                            .body()
                            .equals("the function's metrics page is longer than 8 MiB\n"));
            assertThat(scrape(watchdog, "X-Bytes", "0").statusCode()).isEqualTo(200);
        }
    }

    /** Proves specification 2.17, 7.20. */
    @Test
    void aPageThatDoesNotFitIntoTheMemoryForBodiesIs502() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(http1(200, "p".repeat(40_000)));
                RunningWatchdog watchdog = RunningWatchdog.started(
                        builder -> WatchdogInternals.memory(builder, MemoryShares.ofHeap(64 * 1024)),
                        "mode",
                        "http",
                        "fprocess",
                        "sleep 600",
                        "http_upstream_url",
                        "http://127.0.0.1:" + function.port(),
                        SETTING,
                        "/metrics")) {
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 200);

            assertFailure(scrape(watchdog), 502, "the function's metrics page does not fit into the memory for bodies");
        }
    }

    @Test
    void aPageThatAnnouncesMoreThanEightMebibytesIs502BeforeItIsRead() throws Exception {
        CountDownLatch aborted = new CountDownLatch(1);
        try (SchemeFunction function = SchemeFunction.serving(FunctionScheme.HTTP, request -> {
                    request.head(200, "content-type: a/b", "content-length: " + (EIGHT_MEBIBYTES + 1));
                    request.awaitAbort();
                    aborted.countDown();
                });
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics")) {
            assertFailure(scrape(watchdog), 502, "the function's metrics page is longer than 8 MiB");
            assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aPageThatIsNotCompleteWithinFiveSecondsIs504AndItsConnectionIsClosed() throws Exception {
        CountDownLatch aborted = new CountDownLatch(2);
        try (SchemeFunction function = SchemeFunction.serving(FunctionScheme.HTTP, request -> {
                    if (request.field("x-begin").equals("yes")) {
                        request.head(200, "content-type: a/b", "x-own: a");
                        request.data("orders_total 3\n");
                    }
                    request.awaitAbort();
                    aborted.countDown();
                });
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics", "exec_timeout", "100ms")) {
            long start = System.nanoTime();
            List<CompletableFuture<HttpResponse<String>>> scrapes = Stream.of("yes", "no")
                    .map(begin -> DevelopedFunction.async(() -> scrape(watchdog, "X-Begin", begin)))
                    .toList();

            for (CompletableFuture<HttpResponse<String>> scrape : scrapes) {
                assertFailure(scrape.get(), 504, "the function has not sent its metrics page within 5s");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
            assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(watchdog.metric("watchdog_timeouts_total{kind=\"exec\"}"))
                    .isZero();
        }
    }

    @Test
    void aScraperThatDisconnectsEndsTheRequestToTheFunction() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch aborted = new CountDownLatch(1);
        try (SchemeFunction function = SchemeFunction.serving(FunctionScheme.HTTP, request -> {
                    arrived.countDown();
                    request.awaitAbort();
                    aborted.countDown();
                });
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics")) {
            try (RawClient client = connect(watchdog)) {
                client.send("GET /metrics/function HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
            }

            assertThat(aborted.await(3, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aScrapeNeedsNoPermitOfTheLimit() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (SchemeFunction function = SchemeFunction.serving(FunctionScheme.HTTP, request -> {
                    if (request.path().equals("/slow")) {
                        arrived.countDown();
                        released.await();
                    }
                    request.respond(200, PAGE);
                });
                RunningWatchdog watchdog = function.watchdog(SETTING, "/metrics", "max_inflight", "1");
                RawClient slow = watchdog.connect()) {
            slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(scrape(watchdog).body()).isEqualTo(PAGE);
            assertThat(watchdog.get("/").statusCode()).isEqualTo(429);

            released.countDown();
            assertThat(slow.readResponse()).endsWith(PAGE);
        }
    }

    @Test
    void anHttp10ScraperKeepsItsConnectionWhereItAsksForThat() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(http1(500, "no"));
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, SETTING, "/metrics");
                RawClient client = connect(watchdog)) {
            for (int i = 0; i < 2; i++) {
                client.send("GET /metrics/function HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

                assertThat(client.readResponse())
                        .startsWith("HTTP/1.0 502 ")
                        .containsIgnoringCase("\r\nConnection: keep-alive\r\n")
                        .doesNotContain("X-Own");
            }
        }
    }

    /** Proves specification 2.17, 7.26. */
    @Test
    void thePageIsThatOfTheNewerVersionWhenTheFunctionIsReplaced() throws Exception {
        try (ScriptedFunction first = ScriptedFunction.respondingWith(http1(200, "first 1\n"));
                ScriptedFunction second = ScriptedFunction.respondingWith(http1(200, "second 2\n"));
                RunningWatchdog watchdog = DevelopedFunction.start(
                        DevelopedFunction.server(first.port(), "sleep 600", SETTING, "/metrics"))) {
            Polling.until(PATIENCE, () -> scrape(watchdog).body().equals("first 1\n"));

            DevelopedFunction.replace(watchdog, DevelopedFunction.server(second.port(), "sleep 601"));

            Polling.until(PATIENCE, () -> scrape(watchdog).body().equals("second 2\n"));
        }
    }
}
