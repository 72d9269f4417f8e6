package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Connections of clients (contract 9). */
class ConnectionLifetimeTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    /** Answers with the target and the body of each request. */
    private static ScriptedFunction echo() throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                String answer = head.split(" ", -1)[1] + connection.read(RawClient.contentLength(head));
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer);
            }
        });
    }

    @Test
    void areKeptForTheNextRequest() throws Exception {
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

    @Test
    void areKeptForHttp10WhereItAsksForThat() throws Exception {
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

    @Test
    void takeAHundredRequestsAtOnceAndAnswerThemInOrder() throws Exception {
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

    @Test
    void takeRequestsInWhateverPiecesTheyCome() throws Exception {
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

    @Test
    void doNotHoldAnAnswerBackForTheNextOne() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(OK);
                    connection.readHead();
                    answered.await();
                    connection.send(OK);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /fast HTTP/1.1\r\nHost: h\r\n\r\nGET /slow HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readResponse()).endsWith("hi");
            answered.countDown();
            assertThat(client.readResponse()).endsWith("hi");
        }
    }

    @Test
    void bearTheFunctionsDateAndServerOnceAndNoOtherServer() throws Exception {
        String own =
                "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: mine\r\nContent-Length: 0\r\n\r\n";
        try (ScriptedFunction function = ScriptedFunction.respondingWith(own);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            assertThat(watchdog.get("/").headers().allValues("Date")).containsExactly("Thu, 01 Jan 1970 00:00:00 GMT");
            assertThat(watchdog.get("/").headers().allValues("Server")).containsExactly("mine");
        }
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            assertThat(watchdog.get("/").headers().allValues("Date")).hasSize(1);
            assertThat(watchdog.get("/").headers().allValues("Server")).isEmpty();
            assertThat(watchdog.get("/_/health").headers().allValues("Date")).hasSize(1);
        }
    }

    @Test
    void comeOverIpv4AndIpv6() throws Exception {
        assumeTrue(
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress()),
                "this machine has no IPv6");
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
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

    @Test
    void areKeptLongerThanGatewaysKeepTheirs() {
        assertThat(Listener.IDLE_MILLIS).isEqualTo(130_000);
    }

    @Test
    void speakHttp2ByPriorKnowledge() throws Exception {
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

    @Test
    void speakHttp2AlsoWhereItsPrefaceComesByteByByte() throws Exception {
        try (ScriptedFunction function = echo();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            Http2Client http2 = Http2Client.openBytewise(client);
            http2.get(1, "/one");

            assertThat(http2.response(1)).contains(":status: 200\n").endsWith("/one");
        }
    }

    /** A gateway that lets such a request through could be tunnelled past. */
    @Test
    void doNotChangeToHttp2() throws Exception {
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
