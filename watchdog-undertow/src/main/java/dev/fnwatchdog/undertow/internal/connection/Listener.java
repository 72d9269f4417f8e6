package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http2.Http2Options;
import dev.fnwatchdog.undertow.internal.http2.Http2Server;
import dev.fnwatchdog.undertow.internal.http2.Http2ServerConnection;
import dev.fnwatchdog.undertow.internal.http2.MemoryBudgets;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * One port for clients. It is assembled without Undertow's builder, which could not stop accepting connections without
 * aborting the requests in flight.
 *
 * <p>Threads: any.
 */
public final class Listener {
    /**
     * Longer than gateways keep idle connections: otherwise they would use one that is just being closed (specification
     * 9.4).
     */
    static final int IDLE_MILLIS = 130_000;

    /**
     * The most bytes of a request head, which limits the number of fields and parameters too (specification 3.11,
     * 7.13).
     */
    static final int MAX_HEAD_BYTES = 1024 * 1024;

    /** An I/O thread that does not run a task within this time is blocked. */
    private static final long MAX_HANDOVER_SECONDS = 1;

    private final XnioWorker worker;
    private final AcceptedSockets sockets;
    private final Acceptor acceptor;
    private final ByteBufferPool buffers;
    private final OptionMap protocol;
    private final long headMillis;
    private final HttpOpenListener http1;
    private final ServedConnections connections;
    private final MemoryShares memory;
    private final int maxStreams;

    // Mutable state
    private int nextThread;
    // set before anything is accepted
    private @Nullable Http2Server http2;

    private Listener(XnioWorker worker, ByteBufferPool buffers, int port, Limits limits, Consumer<String> log)
            throws IOException {
        Duration readTimeout = limits.readTimeout();
        this.worker = worker;
        this.sockets = AcceptedSockets.of(worker);
        this.buffers = buffers;
        this.memory = limits.memory();
        this.maxStreams = limits.maxStreams();
        this.headMillis = readTimeout.isZero() ? IDLE_MILLIS : Math.max(1, readTimeout.toMillis());
        this.protocol = protocol(readTimeout);
        this.http1 = new HttpOpenListener(buffers, protocol);
        this.connections = new ServedConnections(buffers, memory);
        this.acceptor = Acceptor.bind(port, this::accepted, log);
    }

    /**
     * Binds the port, on IPv4 and IPv6 (specification 9.8), and accepts nothing yet.
     *
     * @param port 0 for any free one
     * @param log gets a line with the reason when connections cannot be accepted
     * @throws IOException with a message that names the port
     */
    public static Listener bind(
            XnioWorker worker, ByteBufferPool buffers, int port, Limits limits, Consumer<String> log)
            throws IOException {
        try {
            return new Listener(worker, buffers, port, limits, log);
        } catch (IOException e) {
            throw new IOException("cannot listen on port %d: %s".formatted(port, e.getMessage()), e);
        }
    }

    /**
     * The limits for clients.
     *
     * @param readTimeout the longest that a head may take; zero: no limit
     * @param maxStreams the most streams at once on one HTTP/2 connection
     * @param memory the budgets for the memory that clients can make the watchdog use
     */
    public record Limits(Duration readTimeout, int maxStreams, MemoryShares memory) {}

    /** Hands a socket over to an I/O thread. Runs on the acceptor's thread. */
    private void accepted(SocketChannel socket) {
        XnioIoThread thread = worker.getIoThread(nextThread++);
        connections.acceptStarted();
        thread.execute(() -> accepted(thread, socket));
    }

    private void accepted(XnioIoThread thread, SocketChannel socket) {
        try {
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            ChannelListeners.invokeChannelListener(sockets.connection(thread, socket), this::detectProtocol);
        } catch (IOException disconnected) {
            IoUtils.safeClose(socket);
        } finally {
            connections.acceptFinished();
        }
    }

    private static OptionMap protocol(Duration readTimeout) {
        OptionMap.Builder options = OptionMap.builder()
                // Otherwise each piece of a response would wait for the responses behind it, and would be lost where
                // one of those is a refusal (specification 9.5).
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                // ResponseDate sets it.
                .set(UndertowOptions.ALWAYS_SET_DATE, false)
                // The target is forwarded as it came (specification 3.5); RequestGuard refuses what must not be in it.
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .set(UndertowOptions.MAX_HEADER_SIZE, MAX_HEAD_BYTES)
                .set(UndertowOptions.MAX_HEADERS, Integer.MAX_VALUE)
                .set(UndertowOptions.MAX_PARAMETERS, Integer.MAX_VALUE)
                .set(UndertowOptions.MAX_COOKIES, Integer.MAX_VALUE)
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS);
        if (!readTimeout.isZero()) {
            long millis = Math.max(1, readTimeout.toMillis());
            options.set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) Math.min(millis, Integer.MAX_VALUE));
        }
        return options.getMap();
    }

    public ServedConnections connections() {
        return connections;
    }

    /**
     * Starts to accept connections.
     *
     * @param aborted is called for an exchange whose HTTP/2 stream has ended early
     */
    public void serve(HttpHandler root, Consumer<HttpServerExchange> aborted) {
        http1.setRootHandler(root);
        Http2Options options = new Http2Options(protocol, maxStreams, MAX_HEAD_BYTES, headMillis, IDLE_MILLIS);
        http2 = new Http2Server(
                http1.getRootHandler(), buffers, new MemoryBudgets(memory.heads(), memory.bodies()), options, aborted);
        acceptor.start();
    }

    private void detectProtocol(StreamConnection accepted) {
        ServedConnection connection = connections.add(accepted);
        if (connection == null) {
            IoUtils.safeClose(accepted);
            return;
        }
        new ProtocolDetector(connection, buffers, http1::handleEvent, this::startHttp2, headMillis).start();
    }

    private void startHttp2(ServedConnection connection, PooledByteBuffer first) {
        try (first) {
            Http2ServerConnection session = Objects.requireNonNull(http2).open(connection, connection::closeGracefully);
            connection.useHttp2(session);
            session.start(first.getBuffer().position(ProtocolDetector.PREFACE_LENGTH));
            if (connections.draining()) {
                connection.closeAfterLastRequest(() -> {});
            }
        }
    }

    /** Returns the port that is bound. */
    public int port() {
        return acceptor.port();
    }

    /**
     * Accepts the connections that wait and closes the port, then closes each connection without a request, now and
     * when its last request ends. Returns when every request that came before is counted by {@link #connections()}.
     */
    public void drain() throws InterruptedException {
        try {
            acceptor.drain();
            awaitIoThreads();
        } finally {
            // Also where the current thread is interrupted: then without the wait.
            connections.drain();
        }
    }

    /**
     * Closes the port, with the connections that wait to be accepted, and every open connection. The worker can be shut
     * down afterwards.
     */
    public void close() {
        try {
            acceptor.close();
            awaitIoThreads();
            connections.closeAll();
            awaitIoThreads();
        } catch (InterruptedException e) {
            // The shutdown of the worker closes them too.
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the I/O threads have run the tasks that they were given before. */
    private void awaitIoThreads() throws InterruptedException {
        int threads = worker.getIoThreadCount();
        CountDownLatch done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            worker.getIoThread(i).execute(done::countDown);
        }
        done.await(MAX_HANDOVER_SECONDS, TimeUnit.SECONDS);
    }
}
