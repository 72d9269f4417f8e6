package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import dev.fnwatchdog.undertow.internal.io.SelfConnection;
import io.undertow.connector.ByteBufferPool;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * The connections of one IO thread to the function. There is no limit on those in use: the limit of calls is the
 * limiter's. The one used last is used first, so that those which are not needed grow old and are closed.
 *
 * <p>Threads: the IO thread alone; the count of open ones is shared.
 */
final class UpstreamPool {
    /** As long as Go's client keeps an idle connection. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private static final long SWEEP_SECONDS = 10;

    private static final OptionMap OPTIONS = OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            .set(Options.KEEP_ALIVE, true)
            .getMap();

    /** What becomes of an attempt to connect. */
    interface ConnectListener {
        void connected(UpstreamConnection upstream);

        void failed(IOException reason);
    }

    private final XnioIoThread thread;
    private final UpstreamAddress address;
    private final ByteBufferPool buffers;
    private final HeaderLineParser lines = new HeaderLineParser();
    private final RequestHeadWriter headWriter = new RequestHeadWriter();
    private final LongAdder open;
    private final ArrayDeque<UpstreamConnection> returnIdle = new ArrayDeque<>();
    private final Set<UpstreamConnection> all = new HashSet<>();

    // Mutable state
    private boolean sweeping;

    UpstreamPool(XnioIoThread thread, UpstreamAddress address, ByteBufferPool buffers, LongAdder open) {
        this.thread = thread;
        this.address = address;
        this.buffers = buffers;
        this.open = open;
    }

    RequestHeadWriter headWriter() {
        return headWriter;
    }

    /** An idle connection that is still good, or nothing. */
    @Nullable
    UpstreamConnection takeIdle() {
        for (UpstreamConnection last = returnIdle.pollLast(); last != null; last = returnIdle.pollLast()) {
            if (last.stillIdle()) {
                return last;
            }
            last.close();
        }
        return null;
    }

    /** Opens a connection, whether there are idle ones or not. */
    Attempt open(ConnectListener opened) {
        Attempt attempt = new Attempt(opened);
        attempt.tryNext();
        return attempt;
    }

    private UpstreamConnection adopt(StreamConnection connection) {
        UpstreamConnection upstream = new UpstreamConnection(connection, this, buffers, lines);
        all.add(upstream);
        open.increment();
        return upstream;
    }

    void returnIdle(UpstreamConnection upstream) {
        returnIdle.addLast(upstream);
        if (!sweeping) {
            sweeping = true;
            thread.executeAfter(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    void connectionClosed(UpstreamConnection upstream) {
        if (all.remove(upstream)) {
            open.decrement();
            returnIdle.remove(upstream);
        }
    }

    /** Closes those that nobody has used for long. The oldest are in front. */
    private void sweep() {
        long now = System.nanoTime();
        for (UpstreamConnection oldest = returnIdle.peekFirst();
                oldest != null && now - oldest.idleSince() > IDLE_NANOS;
                oldest = returnIdle.peekFirst()) {
            oldest.close();
        }
        sweeping = !returnIdle.isEmpty();
        if (sweeping) {
            thread.executeAfter(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** The attempt to connect to each address in turn, until one answers. */
    final class Attempt extends IoFuture.HandlingNotifier<StreamConnection, ConnectListener> {
        private final ConnectListener opened;

        // Mutable state
        private int tried;
        private boolean givenUp;
        private @Nullable IoFuture<StreamConnection> pending;

        private Attempt(ConnectListener opened) {
            this.opened = opened;
        }

        private void tryNext() {
            InetSocketAddress candidate = address.candidate(tried++);
            pending = thread.openStreamConnection(candidate, connection -> connected(connection, candidate), OPTIONS);
            pending.addNotifier(this, opened);
        }

        private void connected(StreamConnection connection, InetSocketAddress candidate) {
            if (SelfConnection.closeIfSelf(connection)) {
                handleFailed(new ConnectException("Connection refused"), opened);
                return;
            }
            address.prefer(candidate);
            opened.connected(adopt(connection));
        }

        /** Nobody waits for it any more. */
        void abandon() {
            givenUp = true;
            if (pending != null) {
                pending.cancel();
            }
        }

        @Override
        public void handleFailed(IOException reason, ConnectListener waiting) {
            // The failure may be told on another thread, or before the caller has returned.
            thread.execute(() -> {
                if (givenUp) {
                    return;
                }
                if (tried < address.count()) {
                    tryNext();
                } else {
                    waiting.failed(reason);
                }
            });
        }
    }
}
