package dev.fnwatchdog.undertow.internal.proxy;

import static dev.fnwatchdog.undertow.internal.proxy.Http2UpstreamTest.inFrontOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FullBacklog;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The second that a function has for its 100 begins when it has been sent the head. Proves specification 3.22. */
class ContinueWaitTest {
    // Longer than a function may stay silent.
    private static final String HOLD = "GET /hold HTTP/1.1\r\nHost: h\r\nX-Timeout: 1500ms\r\n\r\n";
    private static final String EXPECT =
            "POST /wait HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";

    @Test
    void no100IsSentWhileTheRequestWaitsForAnHttp2Stream() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                // One connection, and with it one I/O thread and one pool.
                Http2Streams client = Http2Streams.of(watchdog)) {
            int holding = client.request(
                    true, ":method: GET", ":scheme: http", ":authority: h", ":path: /hold", "x-timeout: 1500ms");
            try (Http2Upstream.Connection connection = function.accept(Http2Upstream.MAX_CONCURRENT_STREAMS, 1)) {
                assertThat(connection.next(Http2Frames.HEADERS).fields()).contains(":path: /hold");
                connection.awaitRead();
                function.close();
                int waiting = client.post("/wait", "expect: 100-continue", "content-length: 4");
                assertThat(client.head(holding)).contains(":status: 504");
                connection.head(connection.request(), true, ":status: 417");

                assertThat(client.head(waiting)).contains(":status: 417");
            }
        }
    }

    @Test
    void no100IsSentWhileTheFunctionDoesNotAcceptTheConnection() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(server.getLocalPort())) {
            Polling.until(Duration.ofSeconds(10), () -> watchdog.get("/_/ready").statusCode() == 200);
            try (FullBacklog full = FullBacklog.of(server);
                    RawClient waiting = watchdog.connect();
                    RawClient holding = watchdog.connect()) {
                waiting.send(EXPECT);
                assertThat(holding.send(HOLD).readHead()).startsWith("HTTP/1.1 504 ");
                CompletableFuture<Void> refusing = CompletableFuture.runAsync(() -> refuseAll(server));

                assertThat(waiting.readHead()).startsWith("HTTP/1.1 417 ");
                server.close();
                assertThat(refusing).succeedsWithin(Duration.ofSeconds(10));
            }
        }
    }

    /** Refuses whatever is sent on each connection, until the server is closed. */
    private static void refuseAll(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket accepted = server.accept();
                new Thread(() -> refuse(accepted), "refusing-function").start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void refuse(Socket accepted) {
        try (accepted) {
            if (accepted.getInputStream().read() >= 0) {
                accepted.getOutputStream()
                        .write("HTTP/1.1 417 X\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                accepted.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
        } catch (IOException ended) {
            // By the watchdog, or the end of the test.
        }
    }
}
