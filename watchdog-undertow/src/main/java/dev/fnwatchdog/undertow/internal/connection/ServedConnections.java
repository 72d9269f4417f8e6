package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http2.Http2Server;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/**
 * The open connections of one listener, so that each answer can announce the end of its connection while the watchdog
 * stops, those without a call can be closed when the listener drains, and all of them at its end.
 *
 * <p>Threads: any.
 */
public final class ServedConnections {
    /** An IO thread that does not come to it within that time is blocked by somebody. */
    private static final long LONGEST_DRAIN_START_SECONDS = 1;

    private final ByteBufferPool buffers;
    private final MemoryShares memory;
    private final Set<ServedConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger arriving = new AtomicInteger();

    // Mutable state
    private volatile boolean stopping;
    private volatile boolean draining;

    /** @param memory what clients can make the watchdog hold */
    ServedConnections(ByteBufferPool buffers, MemoryShares memory) {
        this.buffers = buffers;
        this.memory = memory;
    }

    /** What all connections may hold together of heads and other things that are no accepted request's body. */
    MemoryBudget memory() {
        return memory.heads();
    }

    ByteBufferPool buffers() {
        return buffers;
    }

    /** A socket has been accepted, and its I/O thread will {@link #add} it or say that it {@link #acceptFinished}. */
    void acceptStarted() {
        arriving.incrementAndGet();
    }

    /** Such a socket has been added, or could not be. */
    void acceptFinished() {
        arriving.decrementAndGet();
    }

    /** Takes in a connection that has just been accepted; nothing where there is no memory for one more. */
    @Nullable
    ServedConnection add(StreamConnection accepted) {
        if (!memory.total().reserve(HeadMemory.CONNECTION_BYTES)) {
            return null;
        }
        ServedConnection connection = new ServedConnection(accepted, this);
        open.add(connection);
        if (draining) {
            connection.closeAfterLastRequest(() -> {});
        }
        return connection;
    }

    void closed(ServedConnection connection) {
        if (open.remove(connection)) {
            memory.total().release(HeadMemory.CONNECTION_BYTES);
        }
    }

    /** The connection that carries an exchange, be it alone or as one of many streams. */
    public static ServedConnection of(HttpServerExchange exchange) {
        ServerConnection connection = exchange.getConnection();
        return connection instanceof AbstractServerConnection http1
                ? (ServedConnection) http1.getChannel()
                : (ServedConnection) Http2Server.socketOf(connection);
    }

    /** Calls that are not over yet, to their last byte. */
    public int requestsInFlight() {
        return open.stream().mapToInt(ServedConnection::requests).sum();
    }

    /** Whether no connection is arriving, no request is in flight, and none is expected on a connection that is open. */
    public boolean drained() {
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
    public void stop() {
        stopping = true;
    }

    /**
     * Closes each connection that carries no request, now and when its last request ends; one that has just been accepted a
     * little later, if no request comes. Returns when those of now are closed, and when each client of HTTP/2 was told which
     * of its requests is the last, so that a request which came just before is among {@link #requestsInFlight()}.
     */
    void drain() throws InterruptedException {
        draining = true;
        List<ServedConnection> now = List.copyOf(open);
        CountDownLatch seen = new CountDownLatch(now.size());
        for (ServedConnection connection : now) {
            connection.getIoThread().execute(() -> connection.closeAfterLastRequest(seen::countDown));
        }
        seen.await(LONGEST_DRAIN_START_SECONDS, TimeUnit.SECONDS);
    }

    /** Closes each connection, whatever it carries. */
    void closeAll() {
        open.forEach(served -> served.getIoThread().execute(served::closeNow));
    }
}
