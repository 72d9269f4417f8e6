package dev.fnwatchdog.undertow.internal.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Tests {@code /_/ready} with {@code ready_path}, which returns the function's response. Proves specification 2.2, 2.4,
 * 2.5, 2.7.
 */
class ReadyPathTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PROBE = "GET /_/ready HTTP/1.1\r\nHost: h\r\nX-Probe: p\r\n\r\n";
    private static final String UNREADY =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/x-reason\r\nContent-Length: 7\r\n\r\nloading";

    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    private final Semaphore allowed = new Semaphore(0);

    /** Responds to a probe once that is allowed, and to other requests at once. */
    private ScriptedFunction function(String response) throws Exception {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                if (head.contains("/ready")) {
                    heads.add(head);
                    allowed.acquire();
                    connection.send(response);
                } else {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                }
            }
        });
    }

    private static RunningWatchdog inFrontOf(ScriptedFunction function, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("ready_path", "/am/i/ready"));
        RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(function.port(), all.toArray(new String[0]));
        Polling.until(PATIENCE, () -> {
            // Until the port has accepted a connection it is 503, whatever the function responds.
            int status = watchdog.get("/_/ready").statusCode();
            return status != 503 || function.connections() > 0;
        });
        return watchdog;
    }

    private RunningWatchdog ready(ScriptedFunction function, String... settings) throws Exception {
        allowed.release(1);
        RunningWatchdog watchdog = inFrontOf(function, settings);
        allowed.drainPermits();
        heads.clear();
        return watchdog;
    }

    /** Waits until all that was sent before on this connection has been seen, because requests are seen in order. */
    private static void awaitEarlierRequests(Http2Client client, int stream) throws Exception {
        client.get(stream, "/call");
        assertThat(client.response(stream)).endsWith("hi");
    }

    /** Proves specification 2.4. */
    @Test
    void readinessReturnsTheResponseOfTheFunctionToGetOnReadyPath() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function);
                RawClient client = watchdog.connect()) {
            allowed.release();
            client.send(PROBE);

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .contains("\r\nContent-Type: text/x-reason\r\n")
                    .endsWith("\r\n\r\nloading");
            assertThat(heads.take())
                    .startsWith("GET /am/i/ready HTTP/1.1\r\n")
                    .contains("\r\nHost: h\r\n")
                    .contains("\r\nX-Probe: p\r\n");
        }
    }

    /** Proves specification 2.2, 2.4. */
    @Test
    void readinessSendsGetToReadyPathForHeadAndForAnAbsoluteTarget() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function);
                RawClient client = watchdog.connect()) {
            allowed.release(2);
            client.send("HEAD http://h/_/ready?why HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 503 ");
            assertThat(heads.take()).startsWith("GET /am/i/ready HTTP/1.1\r\n");

            client.send(PROBE);
            assertThat(client.readResponse()).startsWith("HTTP/1.1 503 ").endsWith("loading");
        }
    }

    /** Proves specification 2.5. */
    @Test
    void concurrentReadinessProbesShareOneRequestToTheFunction() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function);
                RawClient first = watchdog.connect();
                Http2Client others = Http2Client.on(watchdog.connect())) {
            first.send(PROBE);
            assertThat(heads.take()).startsWith("GET /am/i/ready ");
            others.get(1, "/_/ready");
            others.request(3, Http2Frames.END_STREAM, "HEAD", "/_/ready");
            awaitEarlierRequests(others, 5);
            allowed.release();

            assertThat(first.readResponse()).startsWith("HTTP/1.1 503 ").endsWith("loading");
            Map<Integer, String> responses = others.responses(1, 3);
            assertThat(responses.get(1))
                    .contains(":status: 503\n")
                    .contains("content-type: text/x-reason\n")
                    .endsWith("loading");
            assertThat(responses.get(3))
                    .contains(":status: 503\n")
                    .contains("content-length: 7\n")
                    .doesNotContain("loading");
            assertThat(heads).isEmpty();
        }
    }

    /** Proves specification 2.5. */
    @Test
    void aWaitingProbeCausesAnotherRequestWhenTheFirstProbeDisconnects() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function);
                RawClient first = watchdog.connect();
                Http2Client other = Http2Client.on(watchdog.connect())) {
            first.send(PROBE);
            heads.take();
            other.get(1, "/_/ready");
            awaitEarlierRequests(other, 3);
            first.close();
            heads.take();
            allowed.release(2);

            assertThat(other.response(1)).contains(":status: 503\n").endsWith("loading");
            allowed.release();
            assertThat(watchdog.get("/_/ready").body()).isEqualTo("loading");
        }
    }

    /** Proves specification 2.5. */
    @Test
    void waitingProbesShareTheNextRequestAsWell() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function);
                RawClient first = watchdog.connect();
                Http2Client others = Http2Client.on(watchdog.connect())) {
            first.send(PROBE);
            heads.take();
            others.get(1, "/_/ready");
            others.get(3, "/_/ready");
            awaitEarlierRequests(others, 5);
            first.close();
            heads.take();
            awaitEarlierRequests(others, 7);
            allowed.release(2);

            assertThat(others.responses(1, 3).values()).allMatch(response -> response.endsWith("loading"));
            assertThat(heads).isEmpty();
        }
    }

    /** Proves specification 2.4. */
    @Test
    void aProbeThatAsksForAnotherProtocolDoesNotBecomeATunnel() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function);
                RawClient client = watchdog.connect()) {
            allowed.release();
            client.send("GET /_/ready HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 503 ").endsWith("loading");
            assertThat(heads.take()).startsWith("GET /am/i/ready ").doesNotContainIgnoringCase("upgrade");
        }
    }

    /** Proves specification 2.5. */
    @Test
    void waitingProbesWhoseHttp2StreamsAreResetAreSkipped() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function);
                RawClient first = watchdog.connect();
                Http2Client other = Http2Client.on(watchdog.connect())) {
            first.send(PROBE);
            heads.take();
            other.get(1, "/_/ready");
            other.get(3, "/_/ready");
            awaitEarlierRequests(other, 5);
            other.reset(1);
            awaitEarlierRequests(other, 7);
            first.close();

            assertThat(heads.poll(5, TimeUnit.SECONDS)).isNotNull();
            allowed.release(2);
            assertThat(other.response(3)).contains(":status: 503\n").endsWith("loading");
        }
    }

    /** Proves specification 2.4. */
    @Test
    void execTimeoutAppliesToTheReadinessRequest() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function, "exec_timeout", "300ms");
                RawClient first = watchdog.connect();
                RawClient second = watchdog.connect()) {
            first.send(PROBE);
            heads.take();
            second.send(PROBE);

            assertThat(first.readResponse()).startsWith("HTTP/1.1 504 ");
            assertThat(second.readResponse()).startsWith("HTTP/1.1 504 ");
        }
    }

    /** Proves specification 2.2, 2.4, 2.7. */
    @Test
    void theReadinessRequestTakesNoPermitAndReadinessIs429AtTheLimit() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function, "max_inflight", "1");
                RawClient probe = watchdog.connect();
                RawClient request = watchdog.connect()) {
            probe.send(PROBE);
            heads.take();
            assertThat(watchdog.get("/call").statusCode()).isEqualTo(200);
            allowed.release();
            assertThat(probe.readResponse()).startsWith("HTTP/1.1 503 ");

            request.send("GET /ready HTTP/1.1\r\nHost: h\r\n\r\n");
            heads.take();
            probe.send(PROBE);
            assertThat(probe.readResponse()).startsWith("HTTP/1.1 429 ");
            assertThat(heads).isEmpty();
            allowed.release();
        }
    }

    /** Proves specification 2.7. */
    @Test
    void readinessProbesWithReadyPathAreNeitherCountedNorLogged() throws Exception {
        try (ScriptedFunction function = function(UNREADY);
                RunningWatchdog watchdog = ready(function)) {
            allowed.release(3);
            for (int i = 0; i < 3; i++) {
                assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);
            }
            watchdog.get("/call");

            assertThat(watchdog.metrics()).doesNotContain("code=\"503\"").contains("http_requests_in_flight 0\n");
            watchdog.log().awaitLine("GET /call");
            assertThat(watchdog.log().lines())
                    .noneMatch(line -> line.contains("ready HTTP") || line.contains(" - 503"));
        }
    }
}
