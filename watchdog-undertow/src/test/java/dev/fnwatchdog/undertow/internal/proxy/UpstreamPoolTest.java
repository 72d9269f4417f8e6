package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.internal.io.IoWorker;
import dev.fnwatchdog.undertow.internal.tls.Transport;
import io.undertow.server.DefaultByteBufferPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** New upstream connections to a name whose addresses change. Proves specification 1.14. */
class UpstreamPoolTest {
    private final XnioWorker worker = IoWorker.start();
    private final XnioIoThread thread = worker.getIoThread();
    private final AtomicLong clock = new AtomicLong();
    private final BlockingQueue<String> lookupThreads = new LinkedBlockingQueue<>();
    /** A test that takes it delays lookups. */
    private final Semaphore lookup = new Semaphore(1);

    private final List<ServerSocket> servers = new ArrayList<>();

    // Mutable state
    private volatile List<String> addresses = List.of();
    private int port;
    private UpstreamPool pool;

    @BeforeEach
    void createPool() throws Exception {
        port = listen("127.0.0.1", 0).getLocalPort();
        UpstreamAddress address = new UpstreamAddress(
                URI.create("http://function:" + port), new HostLookup.Source(worker, this::resolve, clock::get));
        pool = onIoThread(() -> new UpstreamPool(
                thread, address, Transport.CLEAR_TEXT, new DefaultByteBufferPool(true, 1024), new LongAdder()));
    }

    @AfterEach
    void stop() throws Exception {
        for (ServerSocket server : servers) {
            server.close();
        }
        worker.shutdownNow();
        assertThat(worker.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private ServerSocket listen(String address, int onPort) throws IOException {
        ServerSocket server = new ServerSocket(onPort, 10, InetAddress.getByName(address));
        servers.add(server);
        return server;
    }

    private InetAddress[] resolve(String host) throws UnknownHostException {
        lookupThreads.add(Thread.currentThread().getName());
        lookup.acquireUninterruptibly();
        lookup.release();
        List<InetAddress> found = new ArrayList<>();
        for (String address : addresses) {
            found.add(InetAddress.getByName(address));
        }
        return found.toArray(new InetAddress[0]);
    }

    private <T> T onIoThread(Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                result.complete(action.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    private UpstreamConnection open() throws Exception {
        CompletableFuture<UpstreamConnection> opened = new CompletableFuture<>();
        onIoThread(() -> pool.open(new UpstreamPool.ConnectListener() {
            @Override
            public void connected(StreamConnection connection) {
                opened.complete(pool.adopt(connection));
            }

            @Override
            public void failed(IOException reason) {
                opened.completeExceptionally(reason);
            }
        }));
        return opened.get(10, TimeUnit.SECONDS);
    }

    private static String peer(UpstreamConnection connection) {
        return connection
                .connection()
                .getPeerAddress(InetSocketAddress.class)
                .getAddress()
                .getHostAddress();
    }

    @Test
    void newConnectionsGoToTheNewAddressWhileAnIdleOneToTheOldAddressIsStillUsed() throws Exception {
        listen("127.0.0.2", port);
        addresses = List.of("127.0.0.1");
        UpstreamConnection old = open();
        assertThat(peer(old)).isEqualTo("127.0.0.1");
        onIoThread(() -> {
            old.release();
            return old;
        });

        addresses = List.of("127.0.0.2");
        clock.set(Duration.ofSeconds(30).toNanos());

        assertThat(peer(open())).isEqualTo("127.0.0.2");
        assertThat(onIoThread(pool::takeIdle)).isSameAs(old);
    }

    @Test
    void anAttemptThatIsAbandonedDuringTheLookupOpensNoConnection() throws Exception {
        addresses = List.of("127.0.0.1");
        lookup.acquire();
        BlockingQueue<String> results = new LinkedBlockingQueue<>();
        UpstreamPool.Attempt abandoned = onIoThread(() -> pool.open(new UpstreamPool.ConnectListener() {
            @Override
            public void connected(StreamConnection connection) {
                results.add("connected");
            }

            @Override
            public void failed(IOException reason) {
                results.add("failed");
            }
        }));
        assertThat(lookupThreads.poll(10, TimeUnit.SECONDS)).isNotNull();
        onIoThread(() -> {
            abandoned.abandon();
            return true;
        });

        lookup.release();

        assertThat(open().connection().isOpen()).isTrue();
        servers.get(0).accept().close();
        servers.get(0).setSoTimeout(1);
        assertThatThrownBy(servers.get(0)::accept).isInstanceOf(SocketTimeoutException.class);
        assertThat(results).isEmpty();
    }

    @Test
    void theNameIsLookedUpOnAThreadThatServesNoConnections() throws Exception {
        addresses = List.of("127.0.0.1");

        open();

        assertThat(lookupThreads.poll(10, TimeUnit.SECONDS))
                .isNotEqualTo(thread.getName())
                .contains("task");
        assertThat(lookupThreads).isEmpty();
    }

    @Test
    void allAddressesAreTriedInTurnAndTheOneThatAcceptedIsTriedFirst() throws Exception {
        listen("127.0.0.3", port);
        addresses = List.of("127.0.0.2", "127.0.0.3");
        assertThat(peer(open())).isEqualTo("127.0.0.3");

        listen("127.0.0.2", port);

        assertThat(peer(open())).isEqualTo("127.0.0.3");
    }
}
