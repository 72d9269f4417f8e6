package dev.fnwatchdog.undertow.internal.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests to the servers of Undertow and of the watchdog itself, over real sockets. */
@Timeout(120)
class ClientWithRealServerTest {
    private static final int MIB = 1024 * 1024;
    private static final int LARGE = 100 * MIB;

    /** Servers whose HTTP/2 is not that of this package's fixtures. */
    private enum Server {
        UNDERTOW {
            @Override
            Running start(HttpHandler handler, int maxStreams) {
                Undertow undertow = Undertow.builder()
                        .setIoThreads(1)
                        .setWorkerThreads(32)
                        .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                        .setServerOption(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, maxStreams)
                        .addHttpListener(0, "127.0.0.1", handler)
                        .build();
                undertow.start();
                int port =
                        ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
                return new Running(port, undertow::stop);
            }
        },
        WATCHDOG {
            @Override
            Running start(HttpHandler handler, int maxStreams) throws Exception {
                RunningWatchdog watchdog =
                        ScriptedHandler.undertow(handler, "http2_max_streams", Integer.toString(maxStreams));
                return new Running(watchdog.port(), watchdog);
            }
        };

        abstract Running start(HttpHandler handler, int maxStreams) throws Exception;
    }

    private record Running(int port, AutoCloseable server) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            server.close();
        }
    }

    private static Running start(Server server) throws Exception {
        return server.start(new BlockingHandler(ClientWithRealServerTest::handle), 100);
    }

    private static void handle(HttpServerExchange exchange) throws Exception {
        switch (exchange.getRequestPath()) {
            case "/bytes" -> sendBytes(exchange);
            case "/checksum" -> exchange.getResponseSender().send(checksum(exchange.getInputStream()));
            case "/trailers" -> sendTrailers(exchange);
            default -> echo(exchange);
        }
    }

    private static void echo(HttpServerExchange exchange) throws Exception {
        exchange.getOutputStream().flush();
        byte[] piece = new byte[16 * 1024];
        InputStream in = exchange.getInputStream();
        OutputStream out = exchange.getOutputStream();
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            out.write(piece, 0, count);
            out.flush();
        }
        out.close();
    }

    private static void sendBytes(HttpServerExchange exchange) throws Exception {
        byte[] piece = new byte[64 * 1024];
        for (int i = 0; i < piece.length; i++) {
            piece[i] = (byte) (i % 251);
        }
        int length = Integer.parseInt(exchange.getQueryString());
        try (OutputStream out = exchange.getOutputStream()) {
            for (int sent = 0; sent < length; sent += piece.length) {
                out.write(piece, 0, Math.min(piece.length, length - sent));
            }
        }
    }

    private static String checksum(InputStream in) throws Exception {
        CRC32 checksum = new CRC32();
        byte[] piece = new byte[64 * 1024];
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            checksum.update(piece, 0, count);
        }
        return Long.toString(checksum.getValue());
    }

    private static void sendTrailers(HttpServerExchange exchange) throws Exception {
        HeaderMap trailers = new HeaderMap();
        trailers.put(new HttpString("X-Sum"), checksum(exchange.getInputStream()));
        exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, trailers);
        exchange.getOutputStream().write("body".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        exchange.getOutputStream().close();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aLongRequestBodyArrivesComplete(Server kind) throws Exception {
        try (Running server = start(kind);
                TestedConnection client = TestedConnection.to(server.port())) {
            TestedStream stream = client.post("/checksum");
            stream.send(LARGE);

            assertThat(stream.next()).isEqualTo("sent");
            assertThat(stream.next()).startsWith("head 200");
            assertThat(stream.read().next()).isEqualTo("end " + stream.sentChecksum());
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aLongResponseArrivesCompleteThroughASmallWindow(Server kind) throws Exception {
        try (Running server = start(kind);
                TestedConnection client = TestedConnection.to(server.port(), TestedConnection.options(10_000))) {
            TestedStream stream = client.get("/bytes?" + LARGE);
            assertThat(stream.next()).startsWith("head 200");
            stream.count();

            assertThat(stream.next()).isEqualTo("end");
            assertThat(stream.length()).isEqualTo(LARGE);
            assertThat(client.buffersInUse()).isZero();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void longBodiesInBothDirectionsAtOnceArriveComplete(Server kind) throws Exception {
        try (Running server = start(kind);
                TestedConnection client = TestedConnection.to(server.port())) {
            List<TestedStream> streams = new ArrayList<>();
            streams.add(client.post("/echo"));
            streams.get(0).send(10 * MIB);
            assertThat(nextOf(streams.get(0), "head")).startsWith("head 200");
            streams.get(0).count();
            while (streams.size() < 4) {
                TestedStream stream = client.post("/echo");
                stream.send(10 * MIB);
                streams.add(stream);
                assertThat(nextOf(stream, "head")).startsWith("head 200");
                stream.count();
            }
            for (TestedStream stream : streams) {
                nextOf(stream, "end");
                assertThat(stream.length()).isEqualTo(10 * MIB);
                assertThat(stream.receivedChecksum()).isEqualTo(stream.sentChecksum());
            }
        }
    }

    private static String nextOf(TestedStream stream, String kind) throws InterruptedException {
        String event = stream.next();
        while (!event.startsWith(kind)) {
            assertThat(event).isEqualTo("sent");
            event = stream.next();
        }
        return event;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aThousandRequestsAreServedWithinTheServersLimitOfStreams(Server kind) throws Exception {
        try (Running server = kind.start(new BlockingHandler(ClientWithRealServerTest::handle), 10);
                TestedConnection client = TestedConnection.to(server.port())) {
            Deque<TestedStream> open = new ArrayDeque<>();
            int most = 0;
            for (int i = 0; i < 1000; i++) {
                while (client.availableStreams() == 0) {
                    if (!open.isEmpty() && open.peek().hasEvent()) {
                        finish(open.remove());
                    } else {
                        client.awaitAvailableOr(open.peek());
                    }
                }
                TestedStream stream = client.get("/bytes?" + i);
                open.add(stream);
                most = Math.max(most, client.on(() -> client.connection().openStreams()));
            }
            while (!open.isEmpty()) {
                finish(open.remove());
            }
            assertThat(most).isBetween(2, 10);
        }
    }

    private static void finish(TestedStream stream) throws Exception {
        String head = stream.next();
        assertThat(head).startsWith("head 200");
        if (!head.endsWith(" ended")) {
            assertThat(stream.count().next()).isEqualTo("end");
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void aResetOfOneOfManyLeavesTheOthersComplete(Server kind) throws Exception {
        try (Running server = start(kind);
                TestedConnection client = TestedConnection.to(server.port())) {
            List<TestedStream> streams = new ArrayList<>();
            TestedStream first = client.get("/bytes?" + MIB);
            assertThat(first.next()).startsWith("head 200");
            streams.add(first);
            for (int i = 1; i < 20; i++) {
                streams.add(client.get("/bytes?" + MIB));
            }
            for (TestedStream stream : streams.subList(1, 20)) {
                assertThat(stream.next()).startsWith("head 200");
            }
            streams.get(7).reset(ErrorCode.CANCEL);
            streams.remove(7);

            for (TestedStream stream : streams) {
                assertThat(stream.count().next()).isEqualTo("end");
                assertThat(stream.length()).isEqualTo(MIB);
            }
            assertThat(client.connection().accepting()).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void trailersAreReceivedBehindTheBody(Server kind) throws Exception {
        try (Running server = start(kind);
                TestedConnection client = TestedConnection.to(server.port())) {
            TestedStream stream = client.post("/trailers");
            stream.write("x");
            stream.end();
            assertThat(stream.next()).startsWith("head 200").doesNotContain("x-sum");

            assertThat(nextIgnoringCase(stream)).startsWith("trailers x-sum: ");
            assertThat(stream.read().next()).isEqualTo("end body");
        }
    }

    private static String nextIgnoringCase(TestedStream stream) throws InterruptedException {
        return stream.next().toLowerCase(java.util.Locale.ROOT);
    }

    @Test
    void requestsAreServedToTheEndWhenTheServerShutsDown() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        HttpHandler handler = new BlockingHandler(exchange -> {
            entered.countDown();
            release.await();
            exchange.getResponseSender().send("served");
        });
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(handler, "write_timeout", "30s");
                TestedConnection client = TestedConnection.to(watchdog.port())) {
            TestedStream first = client.get("/");
            client.awaitAvailableOr(first);
            TestedStream second = client.get("/");
            entered.await();
            CompletableFuture<Integer> stopping = CompletableFuture.supplyAsync(
                    () -> watchdog.stop(dev.fnwatchdog.core.health.Shutdown.Cause.SIGTERM));
            watchdog.log().awaitLine("draining: 2 requests");
            assertThat(client.availableStreams()).isZero();
            assertThat(client.connection().accepting()).isFalse();
            release.countDown();

            for (TestedStream stream : List.of(first, second)) {
                assertThat(stream.next()).startsWith("head 200");
                assertThat(stream.read().next()).isEqualTo("end served");
            }
            assertThat(client.awaitClosed()).startsWith("NO_ERROR: ");
            assertThat(stopping.get()).isZero();
        }
    }
}
