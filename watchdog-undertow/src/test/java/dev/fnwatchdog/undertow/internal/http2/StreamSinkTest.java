package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.internal.connection.Listener;
import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;

/** When the writer of a response, and what waits for its head, are notified that there is room. */
class StreamSinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] LARGEST_WINDOW = {0, 4, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
    private static final byte[] NO_WINDOW = {0, 4, 0, 0, 0, 0};
    private static final int CONNECTION_WINDOW = 65_535;

    /** More tasks than are pending when the client has read everything. */
    private static final int TASKS = 50;

    private final XnioWorker worker = IoWorker.start();
    private final CompletableFuture<HttpServerExchange> full = new CompletableFuture<>();

    // Of the I/O thread
    private final List<String> events = new ArrayList<>();
    private long written;

    private Listener listener;

    @BeforeEach
    void bind() throws IOException {
        Listener.Limits limits = new Listener.Limits(PATIENCE, 100, MemoryShares.forJvm(Runtime.getRuntime()));
        listener = Listener.bind(worker, WatchdogInternals.newBuffers(), 0, limits, line -> {});
    }

    @AfterEach
    void stop() throws Exception {
        listener.close();
        worker.shutdownNow();
        assertThat(worker.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private void serve(HttpHandler handler) {
        listener.serve(
                exchange -> {
                    ServedConnections.of(exchange).requestStarted(exchange);
                    handler.handleRequest(exchange);
                },
                aborted -> {});
    }

    /** Writes until there is no room. */
    private void fill(StreamSinkChannel response) {
        try {
            int count = 1;
            while (count > 0) {
                count = response.write(ByteBuffer.allocate(16 * 1024));
                written += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void flush(StreamSinkChannel response) {
        try {
            response.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> T onThreadOf(HttpServerExchange exchange, Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        exchange.getIoThread().execute(() -> {
            try {
                result.complete(action.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    private static void widen(Http2Client client, int stream, int bytes) throws IOException {
        client.send(
                Http2Frames.WINDOW_UPDATE,
                0,
                stream,
                ByteBuffer.allocate(4).putInt(bytes).array());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void theWriterOfAResponseIsNotifiedBeforeWhatWaitsForItsHead(String method) throws Exception {
        serve(exchange -> {
            StreamSinkChannel response = exchange.getResponseChannel();
            fill(response);
            response.getWriteSetter().set(channel -> {
                events.add("writer");
                channel.suspendWrites();
            });
            response.resumeWrites();
            ServerStream.of(exchange).whenWritable(() -> {
                events.add("waiter");
                flush(response);
            });
            full.complete(exchange);
        });
        try (RawClient connection = RawClient.to(InetAddress.getLoopbackAddress(), listener.port());
                Http2Client client = Http2Client.on(connection)) {
            // The body of a POST is not read.
            client.request(1, method.equals("GET") ? Http2Frames.END_STREAM : 0, method, "/");
            HttpServerExchange exchange = full.get(10, TimeUnit.SECONDS);

            widen(client, 0, 100_000);
            widen(client, 1, 100_000);

            Polling.until(PATIENCE, () -> onThreadOf(exchange, events::size) == 2);
            assertThat(onThreadOf(exchange, () -> List.copyOf(events))).containsExactly("writer", "waiter");
        }
    }

    @Test
    void aWriterThatWaitsForItsWindowIsNotNotifiedAgainAndAgainAfterAnIncompleteFlush() throws Exception {
        serve(exchange -> {
            StreamSinkChannel response = exchange.getResponseChannel();
            do {
                fill(response);
            } while (response.flush());
            response.getWriteSetter().set(channel -> {
                events.add("writer");
                fill(channel);
            });
            response.resumeWrites();
            full.complete(exchange);
        });
        try (RawClient connection =
                        RawClient.withSmallReceiveBuffer(InetAddress.getLoopbackAddress(), listener.port());
                Http2Client client = Http2Client.on(connection, LARGEST_WINDOW)) {
            widen(client, 0, Integer.MAX_VALUE - CONNECTION_WINDOW);
            client.get(1, "/");
            HttpServerExchange exchange = full.get(10, TimeUnit.SECONDS);
            client.send(Http2Frames.SETTINGS, 0, 0, NO_WINDOW);
            FlowWindow window = ServerStream.of(exchange).stream().sendWindow();
            Polling.until(PATIENCE, () -> onThreadOf(exchange, window::size) <= 0);
            readAll(client, onThreadOf(exchange, () -> written));
            passTasks(exchange);

            int before = onThreadOf(exchange, events::size);
            passTasks(exchange);

            assertThat(onThreadOf(exchange, events::size)).isEqualTo(before);
            widen(client, 1, 100_000 - Math.toIntExact(onThreadOf(exchange, window::size)));
            Polling.until(PATIENCE, () -> onThreadOf(exchange, events::size) > before);
        }
    }

    private static void readAll(Http2Client client, long bytes) throws IOException {
        long read = 0;
        while (read < bytes) {
            Http2Frames.Frame frame = client.next();
            read += frame.type() == Http2Frames.DATA ? frame.payload().length() : 0;
        }
    }

    /** Lets the I/O thread run many tasks: of each two in a row, a notification that repeats itself would run between them. */
    private void passTasks(HttpServerExchange exchange) throws Exception {
        for (int i = 0; i < TASKS; i++) {
            onThreadOf(exchange, () -> true);
        }
    }
}
