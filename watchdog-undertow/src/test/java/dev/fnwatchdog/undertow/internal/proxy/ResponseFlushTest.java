package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every piece of a response is forwarded when it arrives: the function sends the next one only when the client has it.
 * Proves specification 3.24.
 */
class ResponseFlushTest {
    private static final String CHUNKED = "Transfer-Encoding: chunked";

    private final Semaphore seen = new Semaphore(0);

    private void awaitSeen() throws InterruptedException {
        if (!seen.tryAcquire(5, TimeUnit.SECONDS)) {
            throw new AssertionError("the client has not seen the piece before");
        }
    }

    /** Proves specification 3.24. */
    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/x-ndjson", "text/html", "application/octet-stream"})
    void responseHeadAndEachPieceAreForwardedAtOnceForEveryContentType(String type) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%s\r\n\r\n".formatted(type, CHUNKED));
                    for (int i = 0; i < 20; i++) {
                        awaitSeen();
                        connection.send("A\r\ndata: %02d\n\n\r\n".formatted(i));
                    }
                    awaitSeen();
                    connection.send("0\r\n\r\n");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            client.readHead();
            seen.release();
            for (int i = 0; i < 20; i++) {
                client.readUntil("data: %02d\n\n\r\n".formatted(i));
                seen.release();
            }
            assertThat(client.readUntil("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
        }
    }

    /** Proves specification 3.24. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 40", CHUNKED, "Connection: close"})
    void singleBytesOfAResponseAreForwardedAtOnceInEveryFraming(String framing) throws Exception {
        boolean chunked = framing.equals(CHUNKED);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n%s\r\n\r\n".formatted(framing));
                    for (int i = 0; i < 40; i++) {
                        awaitSeen();
                        connection.send(chunked ? "1\r\nx\r\n" : "x");
                    }
                    if (chunked) {
                        connection.send("0\r\n\r\n");
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            client.readHead();
            for (int i = 0; i < 40; i++) {
                seen.release();
                client.readUntil("x");
            }
        }
    }

    /** Proves specification 3.24. */
    @Test
    void piecesOfAResponseAreForwardedAtOnceAlthoughTheNextRequestHasArrived() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        connection.send("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n" + CHUNKED + "\r\n\r\n");
                        for (int i = 0; i < 3; i++) {
                            awaitSeen();
                            connection.send("1\r\nx\r\n");
                        }
                        connection.send("0\r\n\r\n");
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
            for (int request = 0; request < 2; request++) {
                client.readHead();
                for (int i = 0; i < 3; i++) {
                    seen.release();
                    client.readUntil("x");
                }
                client.readUntil("0\r\n\r\n");
            }
        }
    }

    /** Proves specification 3.24, 9.6. */
    @Test
    void piecesOfAResponseToAnHttp10ClientAreForwardedAtOnceWithoutFraming() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n" + CHUNKED + "\r\n\r\n");
                    for (int i = 0; i < 10; i++) {
                        awaitSeen();
                        connection.send("1\r\nx\r\n");
                    }
                    connection.send("0\r\n\r\n");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            client.readHead();
            for (int i = 0; i < 10; i++) {
                seen.release();
                assertThat(client.read(1)).isEqualTo("x");
            }
            assertThat(client.readToEnd()).isEmpty();
        }
    }
}
