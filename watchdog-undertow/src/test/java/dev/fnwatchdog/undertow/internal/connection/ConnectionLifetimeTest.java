package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.SocketQueues;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections of clients: protocol, reuse and pipelining. Proves specification 7.13, 9.1, 9.2, 9.4 to 9.8. */
class ConnectionLifetimeTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    /** A function that responds with the target and the body of each request. */
    private static ScriptedFunction echo() throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                String echoed = head.split(" ", -1)[1] + connection.read(RawClient.contentLength(head));
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + echoed.length() + "\r\n\r\n" + echoed);
            }
        });
    }

    /** Proves specification 9.4: connections are kept. */
    @Test
    void connectionIsKeptForTheNextRequest() throws Exception {
        try (ScriptedFunction function = echo();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 50; i++) {
                client.send("POST /" + i + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.readResponse()).doesNotContain("Connection:").endsWith("/" + i + "abc");
            }
            client.send("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(client.readToEnd()).contains("\r\nConnection: close\r\n").endsWith("/last");
        }
    }

    /** Proves specification 7.13 for a head of more than 64 KiB. */
    @ParameterizedTest
    @CsvSource({"60000, false", "66000, true", "500000, true"})
    void connectionIsClosedBehindTheResponseOnlyAfterAHeadOfMoreThan64KiB(int length, boolean closed) throws Exception {
        try (ScriptedFunction function = echo();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /long HTTP/1.1\r\nHost: h\r\nX-Long: " + "v".repeat(length) + "\r\n\r\n");

            String response = client.readResponse();
            assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").endsWith("/long");
            if (closed) {
                assertThat(response).contains("\r\nConnection: close\r\n");
                assertThat(client.closedByPeer()).isTrue();
            } else {
                assertThat(response).doesNotContain("Connection:");
                assertThat(client.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n").readResponse())
                        .endsWith("/next");
            }
        }
    }

    /** Proves specification 9.6. */
    @Test
    void http10ConnectionIsKeptOnlyWhereTheClientAsksForIt() throws Exception {
        try (ScriptedFunction function = echo();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (String target : new String[] {"/one", "/_/health", "/two"}) {
                client.send("GET " + target + " HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
                assertThat(client.readResponse())
                        .startsWith("HTTP/1.0 200 OK\r\n")
                        .containsIgnoringCase("\r\nConnection: keep-alive\r\n");
            }
            client.send("GET /last HTTP/1.0\r\n\r\n");
            assertThat(client.readToEnd()).startsWith("HTTP/1.0 200 OK\r\n").endsWith("/last");
        }
    }

    /** Proves specification 9.5. */
    @Test
    void hundredPipelinedRequestsGetTheirResponsesInOrder() throws Exception {
        String requests = IntStream.range(0, 100)
                .mapToObj(i -> i % 3 == 0
                        ? "GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n"
                        : i % 3 == 1
                                ? "POST /" + i + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                                : "GET /_/health?" + i + " HTTP/1.1\r\nHost: h\r\n\r\n")
                .collect(Collectors.joining());
        try (ScriptedFunction function = echo();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(requests);

            for (int i = 0; i < 100; i++) {
                String body = i % 3 == 0 ? "/" + i : i % 3 == 1 ? "/" + i + "abc" : "OK";
                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("\r\n\r\n" + body);
            }
        }
    }

    /** Proves specification 9.5. */
    @Test
    void pipelinedRequestsAreServedHoweverTheirBytesAreSplit() throws Exception {
        String requests = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
                + "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                + "GET /c HTTP/1.1\r\nHost: h\r\n\r\n";
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        String target = connection.readHead().split(" ", -1)[1];
                        if (target.equals("/b")) {
                            connection.readUntil("\r\n0\r\n\r\n");
                        }
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + target);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            for (int piece = 1; piece < requests.length(); piece += 1 + piece / 2) {
                try (RawClient client = watchdog.connect()) {
                    for (int from = 0; from < requests.length(); from += piece) {
                        client.send(requests.substring(from, Math.min(requests.length(), from + piece)));
                    }
                    for (String target : new String[] {"/a", "/b", "/c"}) {
                        assertThat(client.readResponse()).endsWith("\r\n\r\n" + target);
                    }
                }
            }
        }
    }

    /** Proves specification 9.5. */
    @Test
    void responseIsNotHeldBackForThePipelinedRequestBehindIt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(OK);
                    connection.readHead();
                    release.await();
                    connection.send(OK);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /fast HTTP/1.1\r\nHost: h\r\n\r\nGET /slow HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readResponse()).endsWith("hi");
            release.countDown();
            assertThat(client.readResponse()).endsWith("hi");
        }
    }

    /** Proves specification 9.5 for what is read ahead of time. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void noMoreThanABufferOfPipelinedRequestsIsReadWhileARequestIsServed() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        String request = "GET /pipelined HTTP/1.1\r\nHost: h\r\n\r\n";
        // Less than what the kernel holds for a socket, and several buffers of the watchdog.
        int count = 1_200;
        int bytes = count * request.length();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        entered.countDown();
                        release.await();
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(request.repeat(count));
            entered.await();

            Polling.until(Duration.ofSeconds(10), () -> SocketQueues.unsent(client.socket()) == 0);
            assertThat(bytes - SocketQueues.unreadByPeer(client.socket()))
                    .isBetween(request.length(), IoBuffers.USUAL_SIZE + request.length());

            release.countDown();
            for (int i = 0; i < count; i++) {
                assertThat(client.readResponse()).endsWith("hi");
            }
        }
    }

    /** Proves specification 9.7. */
    @Test
    void dateAndServerOfTheFunctionAreForwardedOnceAndNoServerIsAdded() throws Exception {
        String own =
                "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: mine\r\nContent-Length: 0\r\n\r\n";
        try (ScriptedFunction function = ScriptedFunction.answering(own);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            assertThat(watchdog.get("/").headers().allValues("Date")).containsExactly("Thu, 01 Jan 1970 00:00:00 GMT");
            assertThat(watchdog.get("/").headers().allValues("Server")).containsExactly("mine");
        }
        try (ScriptedFunction function = ScriptedFunction.answering(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            assertThat(watchdog.get("/").headers().allValues("Date")).hasSize(1);
            assertThat(watchdog.get("/").headers().allValues("Server")).isEmpty();
            assertThat(watchdog.get("/_/health").headers().allValues("Date")).hasSize(1);
        }
    }

    /** Proves specification 9.8. */
    @Test
    void bothPortsAcceptConnectionsOverIpv4AndIpv6() throws Exception {
        assumeTrue(
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress()),
                "this machine has no IPv6");
        try (ScriptedFunction function = ScriptedFunction.answering(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            for (String address : new String[] {"127.0.0.1", "::1"}) {
                try (RawClient client = RawClient.to(InetAddress.getByName(address), watchdog.port());
                        RawClient metrics = RawClient.to(InetAddress.getByName(address), watchdog.metricsPort())) {
                    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                    assertThat(client.readResponse()).endsWith("hi");
                    metrics.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
                    assertThat(metrics.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
                }
            }
        }
    }

    /** Proves specification 9.4: 130 s. */
    @Test
    void idleTimeoutOfClientConnectionsIs130Seconds() {
        assertThat(Listener.IDLE_MILLIS).isEqualTo(130_000);
    }

    /** Proves specification 9.1. */
    @Test
    void http2ByPriorKnowledgeIsServedOnTheRequestPort() throws Exception {
        try (ScriptedFunction function = echo();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/one");
            client.request(3, 0, "POST", "/two", "content-length", "3");
            client.data(3, Http2Frames.END_STREAM, "abc");

            assertThat(client.responses(1, 3))
                    .hasEntrySatisfying(
                            1,
                            response -> assertThat(response)
                                    .contains(":status: 200\n")
                                    .endsWith("/one"))
                    .hasEntrySatisfying(3, response -> assertThat(response).endsWith("/twoabc"));
        }
    }

    /** Proves specification 9.1. */
    @Test
    void http2PrefaceThatArrivesByteByByteIsRecognized() throws Exception {
        try (ScriptedFunction function = echo();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            Http2Client http2 = Http2Client.inPieces(client);
            http2.get(1, "/one");

            assertThat(http2.response(1)).contains(":status: 200\n").endsWith("/one");
        }
    }

    /** A client could tunnel past a gateway that lets such a request through. Proves specification 9.2. */
    @Test
    void h2cUpgradeIsIgnoredAndNotForwardedToTheFunction() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    String head = connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + head.length() + "\r\n\r\n" + head);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .doesNotContainIgnoringCase("upgrade")
                    .doesNotContainIgnoringCase("http2-settings");
        }
    }
}
