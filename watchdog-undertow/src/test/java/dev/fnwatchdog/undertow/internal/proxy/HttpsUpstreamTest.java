package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.TlsCertificate;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 over TLS to the function. Proves specification 1.13. */
class HttpsUpstreamTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int LARGE = 20_000_000;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch upstreamClosed = new CountDownLatch(1);

    /** A watchdog that trusts the authority of the test. */
    private static RunningWatchdog inFrontOf(ScriptedFunction function, String... settings) throws Exception {
        return inFrontOf(
                function, Map.of("SSL_CERT_FILE", TlsCertificate.authority().toString()), settings);
    }

    private static RunningWatchdog inFrontOf(
            ScriptedFunction function, Map<String, String> environment, String... settings) throws Exception {
        String[] own = {
            "mode", "http",
            "fprocess", "sleep 600",
            "http_upstream_url", "https://localhost:" + function.port()
        };
        RunningWatchdog started = RunningWatchdog.started(
                builder -> builder.environment(withPath(environment)),
                Stream.concat(Arrays.stream(own), Arrays.stream(settings)).toArray(String[]::new));
        Polling.until(PATIENCE, () -> started.get("/_/ready").statusCode() == 200);
        return started;
    }

    private static Map<String, String> withPath(Map<String, String> environment) {
        return Stream.of(Map.of("PATH", System.getenv("PATH")), environment)
                .flatMap(map -> map.entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** A function that responds to each request with its body. */
    private static ScriptedFunction echoing(String version) throws IOException {
        return ScriptedFunction.overTls(TlsCertificate.FUNCTION, version, HttpsUpstreamTest::echo);
    }

    private static void echo(RawClient connection) throws IOException {
        while (true) {
            String head = connection.readHead();
            String body = connection.read(RawClient.contentLength(head));
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
        }
    }

    /** A function that reads a request head, sends {@code bytes} and waits for the end of the connection. */
    private ScriptedFunction sending(String bytes) throws IOException {
        return ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
            connection.readHead();
            connection.send(bytes);
            reached.countDown();
            try {
                connection.readToEnd();
            } finally {
                upstreamClosed.countDown();
            }
        });
    }

    private void assertUpstreamConnectionCloses() throws InterruptedException {
        assertThat(upstreamClosed.await(15, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void requestsAreForwardedOverOneConnectionWithOneHandshake(String version) throws Exception {
        try (ScriptedFunction function = echoing(version);
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 50; i++) {
                client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n%02d".formatted(i));
                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("%02d".formatted(i));
            }

            assertThat(function.connections()).isEqualTo(1);
            assertThat(watchdog.metric("watchdog_upstream_connections")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aLargeBodyIsForwardedInBothDirections(String version) throws Exception {
        byte[] body = new byte[LARGE];
        new Random(1).nextBytes(body);
        try (ScriptedFunction function = echoing(version);
                RunningWatchdog watchdog = inFrontOf(function)) {
            HttpResponse<byte[]> response = watchdog.sendForBytes(watchdog.request("/")
                    .timeout(Duration.ofSeconds(20))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(Arrays.equals(response.body(), body)).isTrue();
        }
    }

    @Test
    void chunksAndTrailersAreForwardedWhileBothSidesStillSend() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    connection.readHead();
                    connection.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
                    for (int i = 0; i < 100; i++) {
                        connection.readUntil("<%02d>\r\n".formatted(i));
                        connection.send("4\r\n<%02d>\r\n".formatted(i));
                    }
                    connection.readUntil("0\r\n\r\n");
                    connection.send("0\r\nX-Sum: 100\r\n\r\n");
                    connection.readToEnd();
                });
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.readHead();
            for (int i = 0; i < 100; i++) {
                client.send("4\r\n<%02d>\r\n".formatted(i));
                assertThat(client.readUntil(">\r\n")).endsWith("<%02d>\r\n".formatted(i));
            }
            client.send("0\r\n\r\n");

            assertThat(client.readUntil("\r\n\r\n")).isEqualTo("0\r\nX-Sum: 100\r\n\r\n");
        }
    }

    /** The last record of a request leaves although the socket had no room for the whole of it. */
    @Test
    void aPieceOfABodyLeavesWholeThoughTheFunctionReadsLateAndTheClientPauses() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        int size = 12_000_000;
        CompletableFuture<Integer> read = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    connection.readHead();
                    mayRead.await();
                    read.complete(connection.read(size).length());
                    connection.read(1);
                    connection.send(OK);
                });
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n".formatted(size + 1));
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> client.sendTimes(new byte[100_000], 120));
            mayRead.countDown();
            sent.get(10, TimeUnit.SECONDS);

            assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(size);
            assertThat(client.send("x").readResponse()).endsWith("ok");
        }
    }

    @Test
    void anUpgradeIsTunnelledInBothDirections() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    connection.readHead();
                    connection.send(
                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: own/1\r\nConnection: Upgrade\r\n\r\nfirst");
                    try {
                        connection.forwardTo(connection, Integer.MAX_VALUE);
                    } finally {
                        upstreamClosed.countDown();
                    }
                });
                RunningWatchdog watchdog = inFrontOf(function)) {
            try (RawClient client = watchdog.connect()) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: own/1\r\n\r\n");
                assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
                assertThat(client.read(5)).isEqualTo("first");
                for (int i = 0; i < 20; i++) {
                    assertThat(client.send("<%02d>".formatted(i)).read(4)).isEqualTo("<%02d>".formatted(i));
                }
                CompletableFuture<Void> sent =
                        CompletableFuture.runAsync(() -> client.sendTimes(new byte[100_000], 30));
                assertThat(client.read(3_000_000)).hasSize(3_000_000);
                sent.get(15, TimeUnit.SECONDS);
            }
            assertUpstreamConnectionCloses();
        }
    }

    @Test
    void execTimeoutIs504AndClosesTheConnection() throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = inFrontOf(function, "exec_timeout", "200ms")) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(504);

            assertUpstreamConnectionCloses();
        }
    }

    @Test
    void aClientThatDisconnectsClosesTheConnection() throws Exception {
        try (ScriptedFunction function = sending("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab");
                RunningWatchdog watchdog = inFrontOf(function)) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET);
                assertThat(reached.await(15, TimeUnit.SECONDS)).isTrue();
            }

            assertUpstreamConnectionCloses();
            watchdog.awaitIdle();
            assertThat(watchdog.metric("watchdog_upstream_connections")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNKNOWN", "FUNCTION", "EXPIRED", "OTHER_HOST"})
    void aCertificateThatIsNotTrustedIs500AndOneLineThatSaysWhatToDo(TlsCertificate certificate) throws Exception {
        Map<String, String> environment = certificate == TlsCertificate.FUNCTION
                ? Map.of()
                : Map.of("SSL_CERT_FILE", TlsCertificate.authority().toString());
        String reason = switch (certificate) {
            case UNKNOWN, FUNCTION ->
                "its certificate is not signed by a trusted authority; name the authority's certificate in SSL_CERT_FILE";
            case EXPIRED -> "its certificate is not valid at this time (NotAfter: ";
            case OTHER_HOST -> "its certificate cannot be used for localhost (No subject alternative DNS name";
        };
        try (ScriptedFunction function = ScriptedFunction.overTls(certificate, HttpsUpstreamTest::echo);
                RunningWatchdog watchdog = inFrontOf(function, environment)) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);

            assertThat(watchdog.log().awaitLine("Upstream HTTP request error"))
                    .contains("the function at localhost:%d cannot be reached: %s".formatted(function.port(), reason));
            assertThat(watchdog.log().lines())
                    .filteredOn(line -> line.contains(reason))
                    .hasSize(1);
            assertThat(function.connections()).isZero();
            assertThat(watchdog.metric("watchdog_upstream_connections")).isZero();
        }
    }

    @Test
    void aSelfSignedCertificateIsTrustedWhereSslCertFileNamesIt() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.UNKNOWN, HttpsUpstreamTest::echo);
                RunningWatchdog watchdog = inFrontOf(
                        function,
                        Map.of("SSL_CERT_FILE", TlsCertificate.unknown().toString()))) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void certificatesInTheFoldersOfSslCertDirAreTrusted() throws Exception {
        String folder = TlsCertificate.authority().resolveSibling("").toString();
        for (TlsCertificate certificate : new TlsCertificate[] {TlsCertificate.UNKNOWN, TlsCertificate.FUNCTION}) {
            try (ScriptedFunction function = ScriptedFunction.overTls(certificate, HttpsUpstreamTest::echo);
                    RunningWatchdog watchdog = inFrontOf(function, Map.of("SSL_CERT_DIR", folder))) {
                assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST"})
    void theFunctionGetsTheNameOfTheHost(String host) throws Exception {
        CompletableFuture<String> names = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    ExtendedSSLSession session = (ExtendedSSLSession) ((SSLSocket) connection.socket()).getSession();
                    names.complete(session.getRequestedServerNames().toString());
                    echo(connection);
                });
                RunningWatchdog watchdog =
                        inFrontOf(function, "http_upstream_url", "https://%s:%d".formatted(host, function.port()))) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);

            assertThat(names.get(15, TimeUnit.SECONDS)).containsIgnoringCase("value=localhost");
        }
    }

    @Test
    void anAddressHasToBeInTheCertificateToo() throws Exception {
        try (ScriptedFunction function = echoing("TLSv1.3");
                RunningWatchdog watchdog =
                        inFrontOf(function, "http_upstream_url", "https://127.0.0.1:" + function.port())) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
        }
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.OTHER_HOST, HttpsUpstreamTest::echo);
                RunningWatchdog watchdog =
                        inFrontOf(function, "http_upstream_url", "https://127.0.0.1:" + function.port())) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
        }
    }

    /** What a server of TLS 1.1 sends: an alert, or its choice of TLS 1.1. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0015\u0003\u0002\u0000\u0002\u0002F", "HELLO", "HTTP/1.1 400 Bad Request\r\n\r\n", ""})
    void aServerWithoutTls12Is500Soon(String sent) throws Exception {
        String hello =
                "\u0016\u0003\u0002\u0000*\u0002\u0000\u0000&\u0003\u0002" + "r".repeat(32) + "\u0000\u0000/\u0000";
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.read(5);
                    connection.send(sent.equals("HELLO") ? hello : sent);
                    if (!sent.isEmpty()) {
                        connection.readUntilClosedOrReset();
                    }
                });
                RunningWatchdog watchdog = inFrontOf(function)) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);

            assertThat(watchdog.log().awaitLine("Upstream HTTP request error")).contains("TLS");
        }
    }

    @Test
    void aServerThatNeverAnswersTheHandshakeIs504AndItsConnectionIsClosed() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    try {
                        connection.readToEnd();
                    } finally {
                        upstreamClosed.countDown();
                    }
                });
                RunningWatchdog watchdog = inFrontOf(function, "exec_timeout", "300ms")) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(504);

            assertUpstreamConnectionCloses();
        }
    }

    /** Proves specification 3.29, 3.43. */
    @ParameterizedTest
    @ValueSource(strings = {"end", "close", "stray"})
    void anIdleConnectionThatEndsOrSendsSomethingIsNotUsedAgain(String event) throws Exception {
        Semaphore served = new Semaphore(0);
        Semaphore done = new Semaphore(0);
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    connection.readHead();
                    connection.send(OK);
                    served.acquire();
                    switch (event) {
                        case "end" -> connection.endTransport();
                        case "close" -> connection.close();
                        default -> connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
                    }
                    done.release();
                    connection.readUntilClosedOrReset();
                });
                RunningWatchdog watchdog = inFrontOf(function)) {
            for (int i = 1; i <= 3; i++) {
                assertThat(watchdog.get("/").body()).isEqualTo("ok");
                served.release();
                assertThat(done.tryAcquire(15, TimeUnit.SECONDS)).isTrue();
                Polling.until(PATIENCE, () -> watchdog.metric("watchdog_upstream_connections") == 0);
                assertThat(function.connections()).isEqualTo(i);
            }
        }
    }

    /** Reading to the end fails where the connection ends without one. */
    @Test
    void anIdleConnectionIsClosedWithACloseNotify() throws Exception {
        CompletableFuture<String> rest = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    connection.readHead();
                    connection.send(OK);
                    reached.await();
                    connection.send("stray");
                    rest.complete(connection.readToEnd());
                });
                RunningWatchdog watchdog = inFrontOf(function)) {
            assertThat(watchdog.get("/").body()).isEqualTo("ok");
            reached.countDown();

            assertThat(rest.get(15, TimeUnit.SECONDS)).isEmpty();
        }
    }

    private static final String UNTIL_CLOSE = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall";

    @Test
    void aBodyUntilTheEndIsCompleteWithACloseNotify() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    connection.readHead();
                    connection.send(UNTIL_CLOSE);
                });
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("all");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                UNTIL_CLOSE,
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nall",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n"
            })
    void aBodyThatEndsWithoutACloseNotifyIsBrokenOff(String response) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    connection.readHead();
                    connection.send(response);
                    connection.endTransport();
                    connection.readUntilClosedOrReset();
                });
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readUntilClosedOrReset())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("all")
                    .doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void concurrentRequestsHaveAConnectionEach() throws Exception {
        CountDownLatch all = new CountDownLatch(20);
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
                    connection.readHead();
                    all.countDown();
                    all.await();
                    connection.send(OK);
                    connection.readToEnd();
                });
                RunningWatchdog watchdog = inFrontOf(function)) {
            Stream.generate(() -> CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return watchdog.get("/").body();
                                } catch (IOException | InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            task -> new Thread(task).start()))
                    .limit(20)
                    .toList()
                    .forEach(response -> assertThat(response.join()).isEqualTo("ok"));
        }
    }
}
