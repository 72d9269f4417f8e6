package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.conduits.WriteReadyHandler;

/** What waits for room in a client's socket is continued by an event of the socket. */
class InterimResponseConduitTest {
    private final XnioWorker worker = IoWorker.start();
    private final AtomicInteger writerNotified = new AtomicInteger();

    private Socket client;
    private StreamConnection connection;
    private InterimResponseConduit conduit;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port.setReceiveBufferSize(4096);
            connection = worker.openStreamConnection(
                            new InetSocketAddress(port.getInetAddress(), port.getLocalPort()),
                            opened -> {},
                            OptionMap.EMPTY)
                    .get();
            client = port.accept();
        }
        conduit = new InterimResponseConduit(connection.getSinkChannel().getConduit());
        connection.getSinkChannel().setConduit(conduit);
        connection.getSinkChannel().setWriteListener(writable -> writerNotified.incrementAndGet());
        conduit.setWriteReadyHandler(new WriteReadyHandler.ChannelListenerHandler<>(connection.getSinkChannel()));
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        onIoThread(() -> {
            IoUtils.safeClose(connection);
            return null;
        });
        worker.shutdownNow();
        assertThat(worker.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private <T> T onIoThread(Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        connection.getIoThread().execute(() -> {
            try {
                result.complete(action.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    /** Writes until the socket accepts no more; returns how many bytes it has accepted. */
    private int fill() throws IOException {
        int total = 0;
        int written = 1;
        while (written > 0) {
            written = conduit.write(ByteBuffer.allocate(64 * 1024));
            total += written;
        }
        return total;
    }

    @Test
    void anActionThatWaitsForRoomRunsOnceWithoutNotifyingASuspendedWriter() throws Exception {
        CompletableFuture<Thread> room = new CompletableFuture<>();
        int sent = onIoThread(() -> {
            int filled = fill();
            conduit.whenWritable(() -> room.complete(Thread.currentThread()));
            return filled;
        });
        assertThat(onIoThread(room::isDone)).isFalse();

        client.getInputStream().readNBytes(sent);

        assertThat(room.get(10, TimeUnit.SECONDS)).isEqualTo(connection.getIoThread());
        assertThat(onIoThread(writerNotified::get)).isZero();
        assertThat(onIoThread(() -> connection.getSinkChannel().isWriteResumed()))
                .isFalse();
    }

    @Test
    void anInterimResponseWithoutRoomIsSentWhenTheClientHasRead() throws Exception {
        HeaderMap fields = new HeaderMap();
        InterimResponse hints = InterimResponse.of(103, "Early Hints", fields);
        int sent = onIoThread(() -> {
            int filled = fill();
            conduit.send(hints);
            return filled;
        });

        client.getInputStream().readNBytes(sent);

        assertThat(client.getInputStream().readNBytes(hints.http1().length)).isEqualTo(hints.http1());
        assertThat(onIoThread(writerNotified::get)).isZero();
    }

    @Test
    void aResumedWriterIsNotifiedAfterTheInterimResponseWasSent() throws Exception {
        InterimResponse hints = InterimResponse.of(103, "Early Hints", new HeaderMap());
        int sent = onIoThread(() -> {
            int filled = fill();
            conduit.send(hints);
            connection.getSinkChannel().setWriteListener(writable -> {
                writable.suspendWrites();
                writerNotified.incrementAndGet();
            });
            connection.getSinkChannel().resumeWrites();
            return filled;
        });
        assertThat(onIoThread(writerNotified::get)).isZero();

        client.getInputStream().readNBytes(sent + hints.http1().length);

        assertThat(onIoThread(writerNotified::get)).isOne();
    }

    @Test
    void theWriterOfAResponseIsNotifiedBeforeWhatWaitsForItsHead() throws Exception {
        List<String> events = new ArrayList<>();
        int sent = onIoThread(() -> {
            int filled = fill();
            conduit.whenWritable(() -> events.add("waiter"));
            connection.getSinkChannel().setWriteListener(writable -> {
                writable.suspendWrites();
                events.add("writer");
            });
            connection.getSinkChannel().resumeWrites();
            return filled;
        });
        assertThat(onIoThread(() -> List.copyOf(events))).isEmpty();

        client.getInputStream().readNBytes(sent);

        Polling.until(Duration.ofSeconds(10), () -> onIoThread(events::size) == 2);
        assertThat(onIoThread(() -> List.copyOf(events))).containsExactly("writer", "waiter");
    }
}
