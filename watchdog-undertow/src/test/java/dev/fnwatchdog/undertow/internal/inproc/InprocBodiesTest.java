package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/** Tests handlers that read and write by the channels of their exchange, without blocking. Proves specification 5.6. */
class InprocBodiesTest {
    private static final int LARGE = 8 << 20;

    /** Where a handler begins; its listeners are called on the I/O thread in any case. */
    enum Beginning {
        IO_THREAD {
            @Override
            void run(HttpServerExchange exchange, Runnable handler) {
                exchange.dispatch(SameThreadExecutor.INSTANCE, handler);
            }
        },
        OTHER_THREAD {
            @Override
            void run(HttpServerExchange exchange, Runnable handler) {
                exchange.dispatch(handler);
            }
        };

        abstract void run(HttpServerExchange exchange, Runnable handler);

        RunningWatchdog start(Handler handler) throws Exception {
            return ScriptedHandler.undertow(exchange -> run(exchange, () -> {
                try {
                    handler.handle(exchange);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
    }

    interface Handler {
        void handle(HttpServerExchange exchange) throws IOException;
    }

    /** Reads until nothing has arrived, and continues when it is notified. */
    private static void read(StreamSourceChannel channel, BlockingQueue<String> pieces, Runnable atEnd) {
        ByteBuffer piece = ByteBuffer.allocate(100);
        try {
            int read = channel.read(piece);
            while (read > 0) {
                pieces.add(new String(piece.array(), 0, read, StandardCharsets.US_ASCII));
                read = channel.read(piece.clear());
            }
            if (read < 0) {
                channel.suspendReads();
                atEnd.run();
            } else {
                channel.getReadSetter().set(readable -> read(readable, pieces, atEnd));
                channel.resumeReads();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes until nothing more is accepted, and continues when it is notified. */
    private static void write(StreamSinkChannel channel, ByteBuffer rest, Runnable onFull, Runnable atEnd) {
        try {
            while (rest.hasRemaining()) {
                if (channel.write(rest) == 0) {
                    onFull.run();
                    channel.getWriteSetter().set(writable -> write(writable, rest, onFull, atEnd));
                    channel.resumeWrites();
                    return;
                }
            }
            channel.suspendWrites();
            atEnd.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatReadsByNotificationsGetsEachPieceAsItArrives(Beginning beginning) throws Exception {
        BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
        try (RunningWatchdog watchdog =
                        beginning.start(exchange -> read(exchange.getRequestChannel(), pieces, exchange::endExchange));
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
            for (String piece : new String[] {"one", "two", "six"}) {
                client.send(piece);
                assertThat(pieces.poll(15, TimeUnit.SECONDS)).isEqualTo(piece);
            }

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatWritesByNotificationsContinuesWhenASlowClientReads(Beginning beginning) throws Exception {
        CountDownLatch full = new CountDownLatch(1);
        byte[] body = new byte[LARGE];
        Arrays.fill(body, (byte) 'x');
        try (RunningWatchdog watchdog = beginning.start(exchange -> {
                    exchange.setResponseContentLength(LARGE);
                    write(exchange.getResponseChannel(), ByteBuffer.wrap(body), full::countDown, exchange::endExchange);
                });
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(full.await(15, TimeUnit.SECONDS)).isTrue();

            String response = client.readToEnd();
            assertThat(response).startsWith("HTTP/1.1 200 ");
            assertThat(response.length() - response.indexOf("\r\n\r\n") - 4).isEqualTo(LARGE);
        }
    }

    /** The JVM may have no more memory outside its heap than in it. */
    @Test
    void aLargeResponseFromTheHeapTakesLittleMemoryOutsideIt() throws Exception {
        byte[] body = new byte[8 * LARGE];
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(
                exchange -> exchange.getResponseSender().send(ByteBuffer.wrap(body)))) {
            long before = outsideTheHeap();

            assertThat(watchdog.get("/").body()).hasSize(body.length);
            assertThat(outsideTheHeap() - before).isLessThan(LARGE);
        }
    }

    private static long outsideTheHeap() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
