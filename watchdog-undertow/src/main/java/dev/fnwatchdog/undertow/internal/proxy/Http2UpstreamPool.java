package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http2.client.ClientOptions;
import dev.fnwatchdog.undertow.internal.http2.client.ConnectionListener;
import dev.fnwatchdog.undertow.internal.http2.client.Http2ClientConnection;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.connector.ByteBufferPool;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * The HTTP/2 connections of one I/O thread to the function, each of which serves many requests at once. Another one is opened
 * when none has room for a further stream; requests that wait for room get it in their order (specification 3.50).
 *
 * <p>Threads: the I/O thread alone; the count of open connections is shared.
 */
final class Http2UpstreamPool {
    static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private static final long SWEEP_SECONDS = 10;

    /** A request that needs a stream. */
    interface Waiting {
        /** Called once, with a connection on which it has to open its stream now. */
        void roomFound(Http2ClientConnection connection);

        /** Called in place of that where no connection can be opened. */
        void failed(IOException reason);
    }

    /** @param sockets opens the sockets, and knows the function's address */
    record Resources(
            UpstreamPool sockets, ByteBufferPool buffers, MemoryBudget heads, LongAdder open, LongSupplier nanoTime) {}

    private final XnioIoThread thread;
    private final Resources resources;
    private final List<Shared> connections = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    // Mutable state
    private @Nullable Opening opening;
    private boolean sweeping;

    Http2UpstreamPool(XnioIoThread thread, Resources resources) {
        this.thread = thread;
        this.resources = resources;
    }

    UpstreamAddress address() {
        return resources.sockets().address();
    }

    /** Gives a request a connection with room for a stream, now or later. */
    void request(Waiting request) {
        waiting.add(request);
        if (waiting.size() == 1) {
            serve();
        } else {
            openIfUseful();
        }
    }

    /** Removes a request that waits no longer. */
    void cancel(Waiting request) {
        if (waiting.remove(request) && waiting.isEmpty() && opening != null) {
            opening.abandon();
            opening = null;
        }
    }

    private void serve() {
        while (!waiting.isEmpty()) {
            Shared shared = withRoom();
            if (shared == null) {
                openIfUseful();
                return;
            }
            waiting.remove().roomFound(shared.use());
        }
    }

    /** Serves those who wait when the current event has been handled: it may be one of another request. */
    private void serveSoon() {
        if (!waiting.isEmpty()) {
            IoLoop.later(thread, this::serve);
        }
    }

    private @Nullable Shared withRoom() {
        for (Shared shared : connections) {
            if (shared.connection().available() > 0) {
                return shared;
            }
        }
        return null;
    }

    /** Opens a connection, unless one is coming whose room is not known yet. */
    private void openIfUseful() {
        if (opening == null
                && connections.stream().noneMatch(shared -> shared.connection().starting())) {
            Opening started = new Opening();
            opening = started;
            started.start();
        }
    }

    /** One attempt to connect. */
    private final class Opening implements UpstreamPool.ConnectListener {
        // Mutable state
        private UpstreamPool.@Nullable Attempt attempt;

        void start() {
            attempt = resources.sockets().open(this);
        }

        void abandon() {
            if (attempt != null) {
                attempt.abandon();
            }
        }

        private void ended() {
            if (opening == this) {
                opening = null;
            }
        }

        @Override
        public void connected(StreamConnection socket) {
            ended();
            Shared shared = new Shared();
            shared.connection = Http2ClientConnection.start(
                    socket, resources.buffers(), resources.heads(), ClientOptions.STANDARD, shared);
            connections.add(shared);
            resources.open().increment();
            sweepLater();
            serve();
        }

        @Override
        public void failed(IOException reason) {
            ended();
            if (connections.stream().anyMatch(shared -> shared.connection().accepting())) {
                // Those who wait get room there, when other requests have ended.
                return;
            }
            List<Waiting> failing = List.copyOf(waiting);
            waiting.clear();
            failing.forEach(request -> request.failed(reason));
        }
    }

    /** One connection and its last use. */
    private final class Shared implements ConnectionListener {
        // Mutable state
        private @Nullable Http2ClientConnection connection;
        private long lastUsed = resources.nanoTime().getAsLong();

        private Http2ClientConnection connection() {
            if (connection == null) {
                throw new IllegalStateException("the connection has not started");
            }
            return connection;
        }

        Http2ClientConnection use() {
            lastUsed = resources.nanoTime().getAsLong();
            return connection();
        }

        void closeIfIdle(long now) {
            if (connection().unfinishedStreams() > 0) {
                lastUsed = now;
            } else if (now - lastUsed > IDLE_NANOS) {
                connection().close();
            }
        }

        @Override
        public void available() {
            serveSoon();
        }

        @Override
        public void settingsReceived() {
            serveSoon();
        }

        @Override
        public void closed(ErrorCode code, String reason) {
            if (connections.remove(this)) {
                resources.open().decrement();
                serveSoon();
            }
        }
    }

    /** Closes the connections that have been idle for too long. */
    void sweep() {
        long now = resources.nanoTime().getAsLong();
        List.copyOf(connections).forEach(shared -> shared.closeIfIdle(now));
    }

    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            thread.executeAfter(
                    () -> {
                        sweeping = false;
                        sweep();
                        if (!connections.isEmpty()) {
                            sweepLater();
                        }
                    },
                    SWEEP_SECONDS,
                    TimeUnit.SECONDS);
        }
    }
}
