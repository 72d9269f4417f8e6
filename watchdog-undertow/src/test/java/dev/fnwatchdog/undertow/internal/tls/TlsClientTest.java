package dev.fnwatchdog.undertow.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Map;
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
        CompletableFuture<StreamConnection> result = new CompletableFuture<>();
        Transport transport = TlsClient.transportTo(URI.create("https://" + host + ":" + port), TRUSTED, worker);
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
                IoUtils.safeClose(connected.get(5, TimeUnit.SECONDS));
            } else {
                assertThatThrownBy(() -> connected.get(5, TimeUnit.SECONDS))
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
            StreamConnection connected = connect("localhost", function.port()).get(5, TimeUnit.SECONDS);
            XnioIoThread thread = connected.getIoThread();
            CompletableFuture<Integer> written = new CompletableFuture<>();
            thread.execute(() -> written.complete(write(connected)));
            assertThat(written.get(5, TimeUnit.SECONDS)).isEqualTo(4);
            assertThat(sent.await(5, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<String> read = new CompletableFuture<>();
            thread.execute(() -> complete(read, connected));

            assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo("stray");
            IoUtils.safeClose(connected);
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
