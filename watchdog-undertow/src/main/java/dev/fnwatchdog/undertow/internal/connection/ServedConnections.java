package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http2.ServerStream;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/**
 * The open connections of one listener. During a shutdown each response announces the close of its connection,
 * connections without a request are closed when the listener drains, and all are closed at its end (specification 7.6,
 * 7.8).
 *
 * <p>Threads: any.
 */
public final class ServedConnections {
    /**
     * Beyond the second that an HTTP/2 client has until its last request is decided (specification 7.12): an I/O thread that is
     * later is blocked.
     */
    private static final long MAX_DRAIN_START_SECONDS = 3;

    private final ByteBufferPool buffers;
    private final MemoryShares memory;
    private final Set<ServedConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger pendingAccepts = new AtomicInteger();

    // Mutable state
    private volatile boolean stopping;
    private volatile boolean draining;

    /** @param memory the budgets for the memory that clients can make the watchdog use */
    ServedConnections(ByteBufferPool buffers, MemoryShares memory) {
        this.buffers = buffers;
        this.memory = memory;
    }

    /**
     * Returns the budget that all connections share for heads, and for everything that is not the body of an accepted
     * request.
     */
    MemoryBudget memory() {
        return memory.heads();
    }

    ByteBufferPool buffers() {
        return buffers;
    }

    /**
     * Counts a socket that has been accepted, until its I/O thread has called {@link #add} and then {@link #acceptFinished}.
     */
    void acceptStarted() {
        pendingAccepts.incrementAndGet();
    }

    /** Ends the count of such a socket, whether it was added or not. */
    void acceptFinished() {
        pendingAccepts.decrementAndGet();
    }

    /**
     * Adds a connection that has just been accepted. Returns null where there is no memory for one more (specification
     * 7.22).
     */
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

    /** Returns the connection of an exchange, which may be one of many streams on it. */
    public static ServedConnection of(HttpServerExchange exchange) {
        return exchange.getConnection() instanceof AbstractServerConnection http1
                ? (ServedConnection) http1.getChannel()
                : (ServedConnection) ServerStream.of(exchange).socket();
    }

    /** Returns the number of requests that have not ended, to their last byte. */
    public int requestsInFlight() {
        return open.stream().mapToInt(ServedConnection::requests).sum();
    }

    /**
     * Returns whether no connection is being accepted, no request is in flight, and none is expected on a connection
     * that is open.
     */
    public boolean drained() {
        return pendingAccepts.get() == 0
                && open.stream().noneMatch(connection -> connection.requestExpected() || connection.requests() > 0);
    }

    /** Returns how many connections are open. */
    int open() {
        return open.size();
    }

    /** Returns whether each response is the last of its connection. */
    boolean stopping() {
        return stopping;
    }

    /** Returns whether a connection is closed as soon as it serves no request. */
    boolean draining() {
        return draining;
    }

    /** Makes each response from now on the last of its connection. */
    public void stop() {
        stopping = true;
    }

    /**
     * Closes each connection that serves no request, now and when its last request ends; one that has just been
     * accepted a little later, if no request arrives. Returns when the present ones are closed and each HTTP/2 client
     * has been sent the number of its last request: a request that came just before is then counted by
     * {@link #requestsInFlight()}.
     */
    void drain() throws InterruptedException {
        draining = true;
        List<ServedConnection> now = List.copyOf(open);
        CountDownLatch decided = new CountDownLatch(now.size());
        for (ServedConnection connection : now) {
            connection.getIoThread().execute(() -> connection.closeAfterLastRequest(decided::countDown));
        }
        decided.await(MAX_DRAIN_START_SECONDS, TimeUnit.SECONDS);
    }

    /** Closes each connection at once, also with requests in flight. */
    void closeAll() {
        open.forEach(connection -> connection.getIoThread().execute(connection::closeNow));
    }
}
