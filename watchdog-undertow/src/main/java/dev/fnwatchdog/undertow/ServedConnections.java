package dev.fnwatchdog.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.StreamConnection;

/**
 * The open connections of one listener, so that each answer can announce the end of its connection while the watchdog
 * stops, those without a call can be closed when the listener drains, and all of them at its end.
 *
 * <p>Threads: any.
 */
final class ServedConnections {
    /** HTTP/2 puts a connection of its own around each stream; what they share is found by this. */
    private static final AttachmentKey<ServedConnection> KEY = AttachmentKey.create(ServedConnection.class);

    /** An IO thread that does not come to it within that time is blocked by somebody. */
    private static final long LONGEST_DRAIN_START_SECONDS = 1;

    private final ByteBufferPool buffers;
    private final long headMillis;
    private final Set<ServedConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger arriving = new AtomicInteger();

    // Mutable state
    private volatile boolean stopping;
    private volatile boolean draining;

    /** @param headMillis how long a head may take to come */
    ServedConnections(ByteBufferPool buffers, long headMillis) {
        this.buffers = buffers;
        this.headMillis = headMillis;
    }

    long headMillis() {
        return headMillis;
    }

    ByteBufferPool buffers() {
        return buffers;
    }

    /** A socket has been accepted, and its I/O thread will {@link #add} it or say that it {@link #arrived}. */
    void arrives() {
        arriving.incrementAndGet();
    }

    /** Such a socket has been added, or could not be. */
    void arrived() {
        arriving.decrementAndGet();
    }

    /** Takes in a connection that has just been accepted. */
    ServedConnection add(StreamConnection accepted) {
        ServedConnection connection = new ServedConnection(accepted, this);
        open.add(connection);
        if (draining) {
            connection.closeIfIdle();
        }
        return connection;
    }

    void closed(ServedConnection connection) {
        open.remove(connection);
    }

    /** From its first byte on, a connection speaks HTTP/2. */
    static void speaks(Http2Connection channel, ServedConnection connection) {
        connection.speaks(channel);
        channel.putAttachment(KEY, connection);
    }

    /** The connection that carries an exchange, be it alone or as one of many streams. */
    static ServedConnection of(HttpServerExchange exchange) {
        ServerConnection connection = exchange.getConnection();
        return connection instanceof AbstractServerConnection http1
                ? (ServedConnection) http1.getChannel()
                : connection.getAttachment(KEY);
    }

    /** Calls that are not over yet, to their last byte. */
    int calls() {
        return open.stream().mapToInt(ServedConnection::requests).sum();
    }

    /** Whether no connection is arriving, no request is in flight, and none is expected on a connection that is open. */
    boolean drained() {
        return arriving.get() == 0
                && open.stream().noneMatch(served -> served.requestExpected() || served.requests() > 0);
    }

    /** How many connections are open. */
    int open() {
        return open.size();
    }

    /** Whether each answer is to be the last of its connection. */
    boolean stopping() {
        return stopping;
    }

    /** Whether a connection is closed as soon as it carries no call. */
    boolean draining() {
        return draining;
    }

    /** From now on each answer is the last of its connection. */
    void stop() {
        stopping = true;
    }

    /**
     * Closes each connection that carries no call, now and when its last call ends; one that has just been accepted a little
     * later, if no call comes. Returns when those of now are closed, so that a call which came just before is among {@link
     * #calls()}.
     */
    void drain() throws InterruptedException {
        draining = true;
        List<ServedConnection> now = List.copyOf(open);
        CountDownLatch seen = new CountDownLatch(now.size());
        for (ServedConnection connection : now) {
            connection.getIoThread().execute(() -> {
                connection.closeIfIdle();
                seen.countDown();
            });
        }
        seen.await(LONGEST_DRAIN_START_SECONDS, TimeUnit.SECONDS);
    }

    /** Closes each connection, whatever it carries. */
    void closeAll() {
        open.forEach(served -> served.getIoThread().execute(served::cut));
    }
}
