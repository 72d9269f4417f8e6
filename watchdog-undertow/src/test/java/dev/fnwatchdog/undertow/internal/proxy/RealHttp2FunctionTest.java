package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Undertow's own HTTP/2 server as the function. Proves specification 1.13, 3.49, 3.50. */
@Timeout(120)
class RealHttp2FunctionTest {
    private static final int PIECE = 1024 * 1024;
    private static final int PIECES = 24;

    private static final HttpHandler ECHO = new BlockingHandler(exchange -> {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "a/b");
        exchange.setResponseContentLength(exchange.getRequestContentLength());
        exchange.getInputStream().transferTo(exchange.getOutputStream());
    });

    private static Undertow start(int maxStreams) {
        Undertow function = Undertow.builder()
                .setIoThreads(1)
                .setWorkerThreads(16)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .setServerOption(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, maxStreams)
                .addHttpListener(0, "127.0.0.1", ECHO)
                .build();
        function.start();
        return function;
    }

    private static int port(Undertow function) {
        return ((InetSocketAddress) function.getListenerInfo().get(0).getAddress()).getPort();
    }

    /** Proves specification 3.16, 3.24. */
    @Test
    void aLargeBodyComesBackUnchangedWhileItIsSent() throws Exception {
        byte[] piece = new byte[PIECE];
        new Random(1).nextBytes(piece);
        Undertow function = start(100);
        ExecutorService sender = Executors.newSingleThreadExecutor();
        try (RunningWatchdog watchdog = Http2UpstreamTest.inFrontOf(port(function), "write_timeout", "60s");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + PIECES * PIECE + "\r\n\r\n");
            Future<?> sent = sender.submit(() -> client.sendTimes(piece, PIECES));
            assertThat(client.readHead()).startsWith("HTTP/1.1 200").contains("ength: " + PIECES * PIECE);
            for (int i = 0; i < PIECES; i++) {
                assertThat(client.read(PIECE)).isEqualTo(new String(piece, StandardCharsets.ISO_8859_1));
            }
            sent.get();
        } finally {
            sender.shutdownNow();
            function.stop();
        }
    }

    /** Proves specification 3.44. */
    @Test
    void manyRequestsOfManyClientsGetTheirOwnResponsesWithFewStreamsPerConnection() throws Exception {
        Undertow function = start(3);
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (RunningWatchdog watchdog = Http2UpstreamTest.inFrontOf(port(function))) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                int number = client;
                calls.add(() -> {
                    echo(watchdog, "client " + number + ' ');
                    return true;
                });
            }
            for (Future<Boolean> call : clients.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
        } finally {
            clients.shutdownNow();
            function.stop();
        }
    }

    private static void echo(RunningWatchdog watchdog, String text) throws Exception {
        try (Http2Streams client = Http2Streams.of(watchdog)) {
            for (int round = 0; round < 10; round++) {
                List<Integer> streams = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    int stream = client.post("/");
                    client.data(stream, text + stream, true);
                    streams.add(stream);
                }
                for (int stream : streams) {
                    assertThat(client.head(stream)).contains(":status: 200");
                    assertThat(client.body(stream)).isEqualTo(text + stream);
                }
            }
        }
    }
}
