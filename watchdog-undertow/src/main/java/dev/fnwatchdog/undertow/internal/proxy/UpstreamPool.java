package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.SelfConnection;
import dev.fnwatchdog.undertow.internal.tls.Transport;
import io.undertow.connector.ByteBufferPool;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * The connections of one I/O thread to the function. Their number is not limited here (specification 3.44): the limiter
 * limits requests. The connection that was used last is used first, and those that are not needed age and are closed.
 *
 * <p>Threads: the I/O thread alone; the count of open connections is shared.
 */
final class UpstreamPool {
    /** As long as Go's HTTP client keeps an idle connection. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private static final long SWEEP_SECONDS = 10;

    private static final OptionMap OPTIONS = OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            .set(Options.KEEP_ALIVE, true)
            .getMap();

    /** Receives the result of an attempt to connect. */
    interface ConnectListener {
        /** Called with a connection that {@link #adopt} or the caller has to take over. */
        void connected(StreamConnection connection);

        void failed(IOException reason);
    }

    private final XnioIoThread thread;
    private final UpstreamAddress address;
    private final Transport transport;
    private final ByteBufferPool buffers;
    private final LongAdder open;
    private final ArrayDeque<UpstreamConnection> idleConnections = new ArrayDeque<>();
    private final Set<UpstreamConnection> all = new HashSet<>();

    // Mutable state
    private boolean sweeping;

    UpstreamPool(
            XnioIoThread thread, UpstreamAddress address, Transport transport, ByteBufferPool buffers, LongAdder open) {
        this.thread = thread;
        this.address = address;
        this.transport = transport;
        this.buffers = buffers;
        this.open = open;
    }

    UpstreamAddress address() {
        return address;
    }

    /** Returns an idle connection that is still usable, or null. */
    @Nullable
    UpstreamConnection takeIdle() {
        for (UpstreamConnection last = idleConnections.pollLast(); last != null; last = idleConnections.pollLast()) {
            if (last.stillIdle()) {
                return last;
            }
            last.close();
        }
        return null;
    }

    /** Opens a new connection, even if there are idle ones. */
    Attempt open(ConnectListener listener) {
        Attempt attempt = new Attempt(listener);
        address.find(thread, attempt);
        return attempt;
    }

    /** Makes a connection that was opened one of this pool. */
    UpstreamConnection adopt(StreamConnection connection) {
        UpstreamConnection upstream = new UpstreamConnection(connection, this, buffers);
        all.add(upstream);
        open.increment();
        return upstream;
    }

    /** Takes back a connection whose request has ended. */
    void returnIdle(UpstreamConnection upstream) {
        idleConnections.addLast(upstream);
        if (!sweeping) {
            sweeping = true;
            thread.executeAfter(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Removes a connection that is being closed. */
    void connectionClosed(UpstreamConnection upstream) {
        if (all.remove(upstream)) {
            open.decrement();
            idleConnections.remove(upstream);
        }
    }

    /** Closes the connections that have been idle for too long. The oldest are first in the queue. */
    private void sweep() {
        long now = System.nanoTime();
        for (UpstreamConnection oldest = idleConnections.peekFirst();
                oldest != null && now - oldest.idleSince() > IDLE_NANOS;
                oldest = idleConnections.peekFirst()) {
            oldest.close();
        }
        sweeping = !idleConnections.isEmpty();
        if (sweeping) {
            thread.executeAfter(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    /**
     * Finds the function's addresses, and tries to connect to each in turn, until one accepts the connection. That one has to
     * complete the handshake of the transport.
     */
    final class Attempt extends IoFuture.HandlingNotifier<StreamConnection, ConnectListener>
            implements HostLookup.Listener, Transport.Listener {
        private enum State {
            CONNECTING,
            /** An address has accepted the connection, and the handshake of the transport runs. */
            SECURING,
            CONNECTED,
            FAILED,
            ABANDONED
        }

        private final ConnectListener listener;

        // Mutable state
        private State state = State.CONNECTING;
        private Iterator<InetSocketAddress> candidates = Collections.emptyIterator();
        private @Nullable IoFuture<StreamConnection> pending;
        private @Nullable Closeable handshake;

        private Attempt(ConnectListener listener) {
            this.listener = listener;
        }

        @Override
        public void found(List<InetSocketAddress> addresses) {
            if (state == State.CONNECTING) {
                candidates = addresses.iterator();
                tryNext();
            }
        }

        @Override
        public void notFound(IOException reason) {
            if (state == State.CONNECTING) {
                state = State.FAILED;
                listener.failed(reason);
            }
        }

        private void tryNext() {
            InetSocketAddress candidate = candidates.next();
            pending = thread.openStreamConnection(candidate, connection -> connected(connection, candidate), OPTIONS);
            pending.addNotifier(this, listener);
        }

        private void connected(StreamConnection connection, InetSocketAddress candidate) {
            if (SelfConnection.closeIfSelf(connection)) {
                handleFailed(new ConnectException("Connection refused"), listener);
                return;
            }
            address.prefer(candidate);
            if (state == State.CONNECTING) {
                state = State.SECURING;
            }
            handshake = transport.secure(connection, this);
            if (state == State.ABANDONED) {
                IoUtils.safeClose(handshake);
            }
        }

        @Override
        public void secured(StreamConnection connection) {
            if (state == State.SECURING) {
                state = State.CONNECTED;
            }
            listener.connected(connection);
        }

        @Override
        public void refused(IOException reason) {
            if (state == State.SECURING) {
                state = State.FAILED;
                listener.failed(reason);
            }
        }

        /** Abandons the attempt, whose result is not needed any more. */
        void abandon() {
            if (state == State.CONNECTING || state == State.SECURING) {
                state = State.ABANDONED;
            }
            if (pending != null) {
                pending.cancel();
            }
            if (state == State.ABANDONED) {
                IoUtils.safeClose(handshake);
            }
        }

        @Override
        public void handleFailed(IOException reason, ConnectListener connectListener) {
            // The failure may be reported on another thread, or before the call that starts the attempt has returned.
            thread.execute(() -> {
                if (state != State.CONNECTING) {
                    return;
                }
                if (candidates.hasNext()) {
                    tryNext();
                } else {
                    state = State.FAILED;
                    connectListener.failed(reason);
                }
            });
        }
    }
}
