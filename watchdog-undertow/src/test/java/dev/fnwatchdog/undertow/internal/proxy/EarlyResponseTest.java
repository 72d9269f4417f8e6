package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A function that responds before it has read the whole request body. Proves specification 3.46. */
class EarlyResponseTest {
    private static final String TOO_LARGE = "HTTP/1.1 413 Payload Too Large\r\n%s\r\n\r\n%s";

    /** Proves specification 3.46. */
    @ParameterizedTest
    @CsvSource({
        "Content-Length: 999999999999, Content-Length: 3, big",
        "Transfer-Encoding: chunked, Content-Length: 3, big",
        "Content-Length: 999999999999, Transfer-Encoding: chunked, 3|big|0||",
        "Content-Length: 999999999999, X-Until: close, big"
    })
    void earlyResponseReachesTheClientAlthoughTheFunctionClosesBehindIt(
            String framing, String responseFraming, String body) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(TOO_LARGE.formatted(responseFraming, body.replace("|", "\r\n")));
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n".formatted(framing));
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendUntilFailure(client));

            assertThat(client.readUntil("big")).startsWith("HTTP/1.1 413 Payload Too Large\r\n");
            client.closedByPeer();
            assertThat(sending).failsWithin(java.time.Duration.ofSeconds(15));
        }
    }

    /** Sends chunks until sending fails, whatever the response is. */
    private static void sendUntilFailure(RawClient client) {
        while (true) {
            client.sendTimes("3E8\r\n".getBytes(StandardCharsets.ISO_8859_1), 1);
            client.sendTimes(new byte[1000], 1);
            client.sendTimes("\r\n".getBytes(StandardCharsets.ISO_8859_1), 1);
        }
    }

    /** Proves specification 3.46. */
    @Test
    void clientThatSendsTheRestAfterAnEarlyResponseKeepsItsConnection() throws Exception {
        CountDownLatch responded = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly");
                    responded.countDown();
                    connection.readToEnd();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
            assertThat(responded.await(15, TimeUnit.SECONDS)).isTrue();
            assertThat(client.readResponse()).endsWith("early");

            client.send("cdGET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).endsWith("early");
        }
    }

    @Test
    void earlyResponseReachesTheClientWhenTheFunctionNeverReadsTheBody() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n");
                client.send(new byte[3_000_000]);

                assertThat(client.readResponse()).endsWith("early");
            }
        }
    }

    /** Proves specification 7.2. */
    @Test
    void earlyResponseReleasesThePermitAlthoughTheClientStillSends() throws Exception {
        try (ScriptedFunction function =
                        ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient slow = watchdog.connect();
                RawClient client = watchdog.connect()) {
            slow.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
            assertThat(slow.readResponse()).endsWith("early");

            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }
}
