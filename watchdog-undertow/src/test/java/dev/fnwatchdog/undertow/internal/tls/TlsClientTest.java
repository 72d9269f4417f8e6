package dev.fnwatchdog.undertow.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.TlsCertificate;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** Connects to a function without the rest of the watchdog. Proves specification 1.13. */
class TlsClientTest {
    private static final Map<String, String> TRUSTED =
            Map.of("SSL_CERT_FILE", TlsCertificate.authority().toString());

    private final XnioWorker worker = IoWorker.start();

    @AfterEach
    void stopWorker() {
        worker.shutdownNow();
    }

    private CompletableFuture<StreamConnection> connect(String host, int port) {
        return connect(host, port, TlsClient.HANDSHAKE_LIMIT);
    }

    private CompletableFuture<StreamConnection> connect(String host, int port, Duration handshakeLimit) {
        CompletableFuture<StreamConnection> result = new CompletableFuture<>();
        Transport transport =
                TlsClient.transportTo(URI.create("https://" + host + ":" + port), TRUSTED, worker, handshakeLimit);
        XnioIoThread thread = worker.getIoThread();
        thread.execute(() -> thread.openStreamConnection(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                connection -> transport.secure(connection, new Transport.Listener() {
                    @Override
                    public void secured(StreamConnection secured) {
                        result.complete(secured);
                    }

                    @Override
                    public void refused(IOException reason) {
                        result.completeExceptionally(reason);
                    }
                }),
                OptionMap.EMPTY));
        return result;
    }

    /** A dot at the end is usual within a cluster. It is no part of the name in a certificate. */
    @ParameterizedTest
    @CsvSource({"localhost, true", "localhost., true", "127.0.0.1, true", "other.example, false", "[::1], false"})
    void theHostOfTheUrlHasToBeInTheCertificate(String host, boolean accepted) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
            connection.readToEnd();
        })) {
            CompletableFuture<StreamConnection> connected = connect(host, function.port());

            if (accepted) {
                IoUtils.safeClose(connected.get(15, TimeUnit.SECONDS));
            } else {
                assertThatThrownBy(() -> connected.get(15, TimeUnit.SECONDS))
                        .hasMessageContaining("its certificate cannot be used for " + host.replaceAll("[\\[\\]]", ""));
            }
        }
    }

    /** A result of 0 means idle to the pool: what stands behind records without data must not stay unseen. */
    @Test
    void oneReadPassesOverSessionTicketsToTheDataBehindThem() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
            connection.readHead();
            connection.send("stray");
            sent.countDown();
            connection.readToEnd();
        })) {
            StreamConnection connected = connect("localhost", function.port()).get(15, TimeUnit.SECONDS);
            XnioIoThread thread = connected.getIoThread();
            CompletableFuture<Integer> written = new CompletableFuture<>();
            thread.execute(() -> written.complete(write(connected)));
            assertThat(written.get(15, TimeUnit.SECONDS)).isEqualTo(4);
            assertThat(sent.await(15, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<String> read = new CompletableFuture<>();
            thread.execute(() -> complete(read, connected));

            assertThat(read.get(15, TimeUnit.SECONDS)).isEqualTo("stray");
            IoUtils.safeClose(connected);
        }
    }

    private static <T> T onIoThread(StreamConnection connection, Callable<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        connection.getIoThread().execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aHandshakeThatTheFunctionDoesNotAnswerIsRefusedAfterItsLimit() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> connection.readUntilClosedOrReset())) {
            CompletableFuture<StreamConnection> connected =
                    connect("localhost", function.port(), Duration.ofMillis(200));

            assertThatThrownBy(() -> connected.get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("it has not completed the TLS handshake within 200ms");
        }
    }

    /** The socket has no room for the last record, and nothing is written or flushed behind it. */
    @Test
    void whatWasAcceptedLeavesThoughTheSocketHadNoRoomAndNothingIsWrittenBehindIt() throws Exception {
        CompletableFuture<Integer> accepted = new CompletableFuture<>();
        CompletableFuture<String> read = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
            connection.read(1);
            read.complete(connection.read(accepted.get() - 1));
        })) {
            StreamConnection connected = connect("localhost", function.port()).get(10, TimeUnit.SECONDS);
            ByteBuffer all = ByteBuffer.allocate(64 << 20);
            accepted.complete(onIoThread(connected, () -> writeUntilFull(connected, all)));
            assertThat(all.hasRemaining()).as("the socket was full").isTrue();

            assertThat(read.get(10, TimeUnit.SECONDS)).hasSize(accepted.get() - 1);
            IoUtils.safeClose(connected);
        }
    }

    private static int writeUntilFull(StreamConnection connection, ByteBuffer all) throws IOException {
        int total = 0;
        for (int written = -1; written != 0; total += written) {
            written = connection.getSinkChannel().write(all);
        }
        return total;
    }

    /** Proves specification 3.42 and 3.46, as far as TLS is concerned. */
    @Test
    void aWriteThatFailsTakesNothingAndWhatHasArrivedCanBeReadBehindIt() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, connection -> {
            connection.readHead();
            connection.send("response");
        })) {
            StreamConnection connected = connect("localhost", function.port()).get(10, TimeUnit.SECONDS);
            assertThat(onIoThread(connected, () -> write(connected))).isEqualTo(4);
            Polling.until(Duration.ofSeconds(10), () -> onIoThread(connected, () -> writeFails(connected)));

            ByteBuffer bytes = ByteBuffer.allocate(100);
            assertThat(onIoThread(connected, () -> connected.getSourceChannel().read(bytes)))
                    .isEqualTo("response".length());
            IoUtils.safeClose(connected);
        }
    }

    /** Returns whether a write fails, which then has to leave its buffer as it is. */
    private static boolean writeFails(StreamConnection connection) {
        ByteBuffer more = ByteBuffer.allocate(40_000);
        try {
            connection.getSinkChannel().write(more);
            return false;
        } catch (IOException failed) {
            assertThat(more.position()).isZero();
            return true;
        }
    }

    private static int write(StreamConnection connection) {
        try {
            return connection.getSinkChannel().write(ByteBuffer.wrap("\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void complete(CompletableFuture<String> read, StreamConnection connection) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(100);
            int count = connection.getSourceChannel().read(bytes);
            read.complete(new String(bytes.array(), 0, Math.max(0, count), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            read.completeExceptionally(e);
        }
    }
}
