package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.fixture.FullBacklog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 3: a call that takes longer than exec_timeout, or than its X-Timeout, is ended. */
class ExecTimeoutTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private final CountDownLatch closed = new CountDownLatch(1);

    /** Sends {@code bytes} for a request's head, and then waits for the connection's end. */
    private ScriptedFunction silentAfter(String bytes) throws IOException {
        return ScriptedFunction.serving(connection -> {
            connection.readHead();
            connection.send(bytes);
            try {
                connection.readToEnd();
            } finally {
                closed.countDown();
            }
        });
    }

    private void assertFunctionIsLetGo() throws InterruptedException {
        assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
    }

    private static void assertTimedOut(String answer) {
        assertThat(answer)
                .startsWith("HTTP/1.1 504 Gateway Time-out\r\n")
                .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n", "\r\nContent-Length: 0\r\n")
                .containsPattern("\r\nX-Duration-Seconds: \\d+\\.\\d{6}\r\n")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nX-A: b\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"})
    void answers504WhereNoHeadComesInTime(String bytes) throws Exception {
        try (ScriptedFunction function = silentAfter(bytes);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            assertTimedOut(client.send(GET).readResponse());
            assertFunctionIsLetGo();
            watchdog.log().awaitLine("Upstream HTTP request killed due to exec_timeout: 100ms");

            assertTimedOut(client.send(GET).readResponse());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000", "Transfer-Encoding: chunked"})
    void answers504WhileTheBodyStillArrives(String framing) throws Exception {
        try (ScriptedFunction function = silentAfter("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n5\r\nhello\r\n".formatted(framing));

            String answer = client.readResponse();
            assertTimedOut(answer);
            assertThat(answer).contains("\r\nConnection: close\r\n");
            assertThat(client.closedByPeer()).isTrue();
            assertFunctionIsLetGo();
        }
    }

    @Test
    void answers504WhileAFunctionThatReadsNothingIsUploadedTo() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    end.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999\r\n\r\n");
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(() -> client.sendTimes(new byte[1 << 16], 1 << 20));

            assertTimedOut(client.readResponse());
            assertThat(sending).failsWithin(java.time.Duration.ofSeconds(5));
            watchdog.awaitIdle();
            end.countDown();
        }
    }

    @Test
    void answers504WhereTheFunctionNeverAccepts() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FullBacklog full = FullBacklog.of(deaf);
                RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(full.port(), "exec_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            assertTimedOut(client.send(GET).readResponse());
            assertTimedOut(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")
                    .readResponse());
            watchdog.awaitIdle();
        }
    }

    @ParameterizedTest
    @CsvSource({"1h, 100ms", "0s, 100ms", "-1s, 100ms", "9999, 100ms", "soon, 100ms", "'', 100ms"})
    void letsNoCallBeProlonged(String xTimeout, String execTimeout) throws Exception {
        try (ScriptedFunction function = silentAfter("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", execTimeout);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Timeout: %s\r\n\r\n".formatted(xTimeout));

            assertTimedOut(client.readResponse());
        }
    }

    @ParameterizedTest
    @CsvSource({"10ms, 0", "0s, 1h", "-1ms, 1h", "1, 1h", "0, 1h", "x, 1h"})
    void takesNoNoticeOfAnXTimeoutThatDoesNotHold(String xTimeout, String execTimeout) throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    // Longer than each of these timeouts, were it one.
                    late.await(150, TimeUnit.MILLISECONDS);
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", execTimeout);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Timeout: %s\r\n\r\n".formatted(xTimeout));

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 9\r\n\r\npiece",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n",
                "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n",
                "X-Until: close\r\n\r\npiece"
            })
    void breaksAResponseOffThatHasBegun(String rest) throws Exception {
        try (ScriptedFunction function = silentAfter("HTTP/1.1 200 OK\r\n" + rest);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send(GET).readHead();
            assertThat(client.readToEnd()).contains("piece").doesNotContain("\r\n0\r\n");
            assertFunctionIsLetGo();
        }
    }

    @Test
    void resetsAnHttp10ConnectionWhoseEndWouldLookLikeTheBodys() throws Exception {
        try (ScriptedFunction function =
                        silentAfter("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.readUntil("piece")).startsWith("HTTP/1.0 200 OK\r\n");
            assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
            assertFunctionIsLetGo();
        }
    }

    @Test
    void endsInA504ThoughWriteTimeoutIsShorter() throws Exception {
        try (ScriptedFunction function = silentAfter("");
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "exec_timeout", "300ms", "write_timeout", "50ms");
                RawClient client = watchdog.connect()) {
            assertTimedOut(client.send(GET).readResponse());
        }
    }
}
