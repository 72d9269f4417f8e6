package dev.fnwatchdog.undertow;

import io.undertow.connector.ByteBufferPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
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
    interface Opened {
        void connected(Upstream upstream);

        void failed(IOException reason);
    }

    private final XnioIoThread thread;
    private final UpstreamAddress address;
    private final ByteBufferPool buffers;
    private final HeaderLines lines;
    private final LongAdder open;
    private final ArrayDeque<Upstream> idle = new ArrayDeque<>();
    private final Set<Upstream> all = new HashSet<>();

    // Mutable state
    private boolean sweeping;

    UpstreamPool(IoLoop loop, UpstreamAddress address, ByteBufferPool buffers, LongAdder open) {
        this.thread = loop.thread();
        this.address = address;
        this.buffers = buffers;
        this.lines = loop.headerLines();
        this.open = open;
    }

    /** Hands over an idle connection that is still good, or opens one. */
    void acquire(Opened opened) {
        for (Upstream last = idle.pollLast(); last != null; last = idle.pollLast()) {
            if (last.stillIdle()) {
                opened.connected(last);
                return;
            }
            last.close();
        }
        open(opened);
    }

    /** Opens a connection, whether there are idle ones or not. */
    void open(Opened opened) {
        open(opened, 0);
    }

    private void open(Opened opened, int attempt) {
        InetSocketAddress candidate = address.candidate(attempt);
        thread.openStreamConnection(
                        candidate,
                        connection -> {
                            address.answered(candidate);
                            opened.connected(adopt(connection));
                        },
                        OPTIONS)
                .addNotifier(new ConnectFailure(attempt), opened);
    }

    private Upstream adopt(StreamConnection connection) {
        Upstream upstream = new Upstream(connection, this, buffers, lines);
        all.add(upstream);
        open.increment();
        return upstream;
    }

    void idle(Upstream upstream) {
        idle.addLast(upstream);
        if (!sweeping) {
            sweeping = true;
            thread.executeAfter(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    void closed(Upstream upstream) {
        if (all.remove(upstream)) {
            open.decrement();
            idle.remove(upstream);
        }
    }

    /** Closes those that nobody has used for long. The oldest are in front. */
    private void sweep() {
        long now = System.nanoTime();
        for (Upstream oldest = idle.peekFirst();
                oldest != null && now - oldest.idleSince() > IDLE_NANOS;
                oldest = idle.peekFirst()) {
            oldest.close();
        }
        sweeping = !idle.isEmpty();
        if (sweeping) {
            thread.executeAfter(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    private final class ConnectFailure extends IoFuture.HandlingNotifier<StreamConnection, Opened> {
        private final int attempt;

        ConnectFailure(int attempt) {
            this.attempt = attempt;
        }

        @Override
        public void handleFailed(IOException reason, Opened opened) {
            // The failure may be told on another thread, or before the caller has returned.
            thread.execute(() -> {
                if (attempt + 1 < address.count()) {
                    open(opened, attempt + 1);
                } else {
                    opened.failed(reason);
                }
            });
        }

        @Override
        public void handleCancelled(Opened opened) {
            handleFailed(new IOException("the connection attempt was given up", new CancellationException()), opened);
        }
    }
}
