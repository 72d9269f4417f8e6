package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A response without Content-Type gets the one that its first bytes have. Proves specification 3.31. */
class ContentTypeForwardingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    private static String received(String fromFunction, String request) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(fromFunction);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            return client.send(request).readToEnd();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Length: 14~~<html>a</html> | text/html; charset=utf-8",
                "Content-Length: 5~~hello | text/plain; charset=utf-8",
                "Transfer-Encoding: chunked~~5~%PDF-~0~~ | application/pdf",
                "Connection: close~~<html> | text/html; charset=utf-8",
            })
    void responseWithABodyGetsTheTypeOfItsFirstBytes(String response, String type) throws Exception {
        String got = received("HTTP/1.1 200 OK\r\n" + response.replace("~", "\r\n"), GET);

        assertThat(got).contains("\r\nContent-Type: " + type + "\r\n");
    }

    @Test
    void responseWhoseFirstBytesComeAfterManyPiecesOfAChunkSizeGetsTheirType() throws Exception {
        CompletableFuture<RunningWatchdog> started = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6;");
                    for (int i = 0; i < 40; i++) {
                        connection.send("x");
                        // Once both I/O threads have served a probe, one of them has read that byte by itself.
                        started.join().get("/_/health");
                        started.join().get("/_/health");
                    }
                    connection.send("\r\n<html>\r\n0\r\n\r\n");
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            started.complete(watchdog);

            assertThat(client.send(GET).readToEnd())
                    .contains("\r\nContent-Type: text/html; charset=utf-8\r\n")
                    .contains("<html>");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Length: 0~~",
                "Transfer-Encoding: chunked~~0~~",
                "Content-Encoding: gzip~Content-Length: 5~~hello",
            })
    void responseWithoutABodyOrWithACodingStaysWithoutAType(String response) throws Exception {
        assertThat(received("HTTP/1.1 200 OK\r\n" + response.replace("~", "\r\n"), GET))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .doesNotContain("Content-Type");
    }

    @Test
    void responseToHeadStaysWithoutAType() throws Exception {
        assertThat(received("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", GET.replace("GET", "HEAD")))
                .contains("\r\nContent-Length: 5\r\n")
                .doesNotContain("Content-Type");
    }

    @Test
    void responseToAGrpcRequestStaysWithoutAType() throws Exception {
        String request = GET.replace("Connection", "Content-Type: application/grpc+proto\r\nConnection");

        assertThat(received("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", request))
                .endsWith("hello")
                .doesNotContain("Content-Type");
    }

    @Test
    void theTypeOfTheFunctionIsForwarded() throws Exception {
        assertThat(received("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 6\r\n\r\n<html>", GET))
                .containsOnlyOnce("Content-Type")
                .contains("\r\nContent-Type: a/b\r\n");
    }

    @Test
    void responseOfWhichTheFirstPieceComesLaterGetsItsType() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    goOn.await();
                    connection.send("6\r\n<html>\r\n");
                    connection.send("2\r\nhi\r\n0\r\n\r\n");
                    connection.readHead();
                    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            goOn.countDown();

            assertThat(client.head(stream)).contains(":status: 200", "content-type: text/html; charset=utf-8");
            assertThat(client.body(stream)).isEqualTo("<html>hi");
            assertThat(client.head(client.get("/"))).contains(":status: 204");
        }
    }

    @Test
    void bodyThatBreaksOffBeforeItsFirstPieceBreaksTheResponseOff() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readUntilClosedOrReset())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nContent-Length: 5\r\n")
                    .endsWith("\r\n\r\n");
            watchdog.awaitIdle();
        }
    }

    /** Proves specification 3.37. */
    @Test
    void functionThatSendsNoFirstPieceInTimeGets504() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                    if (connection.closedByPeer()) {
                        closed.countDown();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readToEnd()).startsWith("HTTP/1.1 504 ");
            assertThat(closed.await(15, TimeUnit.SECONDS)).isTrue();
            watchdog.awaitIdle();
        }
    }
}
