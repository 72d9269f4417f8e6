package dev.fnwatchdog.undertow;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http2.Http2ReceiveListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * One port, built by hand and not by Undertow's builder, which could not stop accepting without cutting the calls in
 * flight.
 *
 * <p>Threads: any.
 */
final class Listener {
    private static final int BACKLOG = 1024;

    /** Longer than gateways keep theirs: else they would use a connection that is just being closed (contract 9). */
    static final int IDLE_MILLIS = 130_000;

    /** A request's head, and with it the number of its headers and parameters (contract 7). */
    static final int LONGEST_HEAD = 1024 * 1024;

    private static final OptionMap SOCKET = OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            .set(Options.KEEP_ALIVE, true)
            .set(Options.REUSE_ADDRESSES, true)
            .set(Options.BACKLOG, BACKLOG)
            .getMap();

    private final AcceptingChannel<StreamConnection> channel;
    private final ByteBufferPool buffers;
    private final int bufferSize;
    private final OptionMap protocol;
    private final long headMillis;
    private final HttpOpenListener http1;
    private final ServedConnections connections;

    private Listener(XnioWorker worker, ByteBufferPool buffers, MemoryShares memory, int port, Duration readTimeout)
            throws IOException {
        this.buffers = buffers;
        try (PooledByteBuffer one = buffers.allocate()) {
            this.bufferSize = one.getBuffer().remaining();
        }
        this.headMillis = readTimeout.isZero() ? IDLE_MILLIS : Math.max(1, readTimeout.toMillis());
        this.protocol = protocol(readTimeout);
        this.http1 = new HttpOpenListener(buffers, protocol);
        this.connections = new ServedConnections(buffers, memory, headMillis);
        this.channel = worker.createStreamConnectionServer(new InetSocketAddress(port), this::accept, SOCKET);
    }

    /**
     * Binds the port, on IPv4 and IPv6, and accepts nothing yet.
     *
     * @param memory what clients can make the watchdog hold
     * @param port 0 for any free one
     * @throws IOException with a message that names the port
     */
    static Listener bind(XnioWorker worker, ByteBufferPool buffers, MemoryShares memory, int port, Duration readTimeout)
            throws IOException {
        try {
            return new Listener(worker, buffers, memory, port, readTimeout);
        } catch (IOException e) {
            throw new IOException("cannot listen on port %d: %s".formatted(port, e.getMessage()), e);
        }
    }

    private void accept(AcceptingChannel<StreamConnection> from) {
        try {
            StreamConnection accepted = from.accept();
            if (accepted != null) {
                greet(accepted);
            }
        } catch (ClosedChannelException ignored) {
            // Told of a connection before the port was closed; it is closed with it.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OptionMap protocol(Duration readTimeout) {
        OptionMap.Builder options = OptionMap.builder()
                // Else each piece of an answer would wait for the answers behind it (contract 3), and be lost where
                // one of them is refused.
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                // ResponseDate sets it.
                .set(UndertowOptions.ALWAYS_SET_DATE, false)
                // The target goes to the function as it came; what must not be in it, RequestGuard refuses.
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .set(UndertowOptions.MAX_HEADER_SIZE, LONGEST_HEAD)
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

    ServedConnections connections() {
        return connections;
    }

    /** Begins to accept. */
    void serve(HttpHandler root) {
        http1.setRootHandler(new RequestGuard(root));
        channel.resumeAccepts();
    }

    private void greet(StreamConnection accepted) {
        ServedConnection connection = connections.add(accepted);
        if (connection == null) {
            IoUtils.safeClose(accepted);
            return;
        }
        new Greeting(connection, buffers, http1::handleEvent, this::speakHttp2, headMillis).await();
    }

    private void speakHttp2(ServedConnection connection, PooledByteBuffer first) {
        connection.becomesHttp2(
                first.getBuffer(), Greeting.PREFACE_LENGTH, first.getBuffer().limit());
        Http2Connection http2 = new Http2Connection(connection, buffers, first, protocol);
        ServedConnections.speaks(http2, connection);
        http2.getReceiveSetter().set(new Http2ReceiveListener(http1.getRootHandler(), protocol, bufferSize, null));
        http2.resumeReceives();
    }

    /** The port that is bound. */
    int port() {
        return channel.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** New connections are refused from now on; those that are open stay. */
    void refuse() {
        IoUtils.safeClose(channel);
    }
}
