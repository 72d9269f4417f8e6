package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.undertow.fixture.Polling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The acceptor of a port: how it accepts connections and closes the port. Proves specification 7.7, 9.8. */
class AcceptorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int WAITING = 300;

    private final List<SocketChannel> accepted = new CopyOnWriteArrayList<>();
    private final List<Socket> clients = new ArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (SocketChannel socket : accepted) {
            socket.close();
        }
        for (Socket client : clients) {
            client.close();
        }
        assertThat(log).isEmpty();
    }

    private Acceptor bound() throws IOException {
        return Acceptor.bind(0, accepted::add, log::add);
    }

    private void connect(int port) throws IOException {
        clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    private void assertRefused(int port) {
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect(port));
    }

    /** Proves specification 7.7. */
    @Test
    void connectionsInTheQueueAreAcceptedBeforeThePortCloses() throws Exception {
        Acceptor acceptor = bound();
        int port = acceptor.port();
        for (int i = 0; i < WAITING; i++) {
            connect(port);
        }

        acceptor.start();
        acceptor.drain();

        assertThat(accepted).hasSize(WAITING);
        assertRefused(port);
    }

    /** Proves specification 9.8. */
    @Test
    void acceptorAcceptsConnectionsOverIpv4AndIpv6() throws Exception {
        Acceptor acceptor = bound();
        int port = acceptor.port();
        acceptor.start();

        clients.add(new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        byte[] loopback6 = new byte[16];
        loopback6[15] = 1;
        clients.add(new Socket(InetAddress.getByAddress(loopback6), port));

        Polling.until(PATIENCE, () -> accepted.size() == 2);
        acceptor.drain();
        assertRefused(port);
    }

    @Test
    void drainOfAnAcceptorThatWasNeverStartedClosesThePort() throws Exception {
        Acceptor acceptor = bound();
        int port = acceptor.port();
        connect(port);

        acceptor.drain();

        assertThat(accepted).isEmpty();
        assertRefused(port);
    }

    @Test
    void closeOfAnAcceptorDuringItsDrainClosesThePortAtOnce() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Acceptor acceptor = Acceptor.bind(
                0,
                socket -> {
                    accepted.add(socket);
                    entered.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new UncheckedIOException(new IOException(e));
                    }
                },
                log::add);
        int port = acceptor.port();
        connect(port);
        connect(port);
        acceptor.start();
        entered.await();
        Thread draining = inBackground(acceptor::drain);
        Polling.until(PATIENCE, () -> draining.getState() == Thread.State.WAITING);

        Thread closing = inBackground(acceptor::close);
        Polling.until(PATIENCE, () -> closing.getState() == Thread.State.WAITING);
        release.countDown();

        closing.join(TimeUnit.SECONDS.toMillis(5));
        draining.join(TimeUnit.SECONDS.toMillis(5));
        assertThat(accepted).hasSize(1);
        assertRefused(port);
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private static Thread inBackground(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "closing");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
