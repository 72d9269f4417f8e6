package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.core.process.posix.DescriptorBudget;
import dev.fnwatchdog.core.process.posix.HandshakeFilter;
import dev.fnwatchdog.undertow.internal.io.ChannelDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/**
 * Accepts the connections of one port on its own thread, and closes the port without losing a connection whose
 * handshake is complete (specification 7.7). XNIO's own server resets those that wait in the kernel's queue, and waits
 * for up to 30 s after a failure to accept.
 *
 * <p>Threads: any.
 */
final class Acceptor {
    private static final int BACKLOG = 1024;

    /** The delay from a failure to accept to the next attempt. */
    private static final long RETRY_MILLIS = 100;

    /** How long handshakes that have begun may take to complete before the port is closed. */
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofMillis(30);

    private static final long FINAL_POLL_DELAY_MILLIS = 1;

    /** A final poll of the queue that took longer was interrupted or found many connections: another one follows. */
    private static final Duration MAX_FINAL_POLL = Duration.ofNanos(200_000);

    /** The longest that clients can delay the close, by connecting without end or by holding all descriptors. */
    private static final Duration MAX_DRAIN = Duration.ofSeconds(3);

    /** The states, in their order; some can be skipped. */
    private enum State {
        BOUND,
        ACCEPTING,
        /** Accepts the connections that have arrived, then closes. */
        DRAINING,
        /** Closes at once. */
        CLOSING,
        CLOSED
    }

    private final ServerSocketChannel port;
    private final Selector selector;
    private final Consumer<SocketChannel> receiver;
    private final Consumer<String> log;
    private final DescriptorBudget descriptors = DescriptorBudget.ofThisProcess();
    private final CountDownLatch closed = new CountDownLatch(1);

    // Mutable state
    private volatile State state = State.BOUND;
    private long drainEndNanos;

    private Acceptor(
            ServerSocketChannel port, Selector selector, Consumer<SocketChannel> receiver, Consumer<String> log) {
        this.port = port;
        this.selector = selector;
        this.receiver = receiver;
        this.log = log;
    }

    /**
     * Binds a port, on IPv4 and IPv6 (specification 9.8), and accepts nothing yet: clients can connect, and wait.
     *
     * @param receiver gets each socket, on the acceptor's thread
     * @param log gets a line with the reason when no connection can be accepted
     */
    static Acceptor bind(int number, Consumer<SocketChannel> receiver, Consumer<String> log) throws IOException {
        ServerSocketChannel port = ServerSocketChannel.open();
        boolean bound = false;
        try {
            port.configureBlocking(false);
            port.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            port.bind(new InetSocketAddress(number), BACKLOG);
            Acceptor acceptor = new Acceptor(port, Selector.open(), receiver, log);
            bound = true;
            return acceptor;
        } finally {
            if (!bound) {
                IoUtils.safeClose(port);
            }
        }
    }

    int port() {
        return port.socket().getLocalPort();
    }

    /** Starts to accept connections. */
    void start() {
        if (moveTo(State.ACCEPTING) != State.BOUND) {
            return;
        }
        Thread thread = new Thread(this::run, "watchdog Accept " + port());
        thread.setDaemon(true);
        thread.start();
    }

    /** Accepts all connections that the kernel has completed, closes the port, and returns. */
    void drain() throws InterruptedException {
        closeBy(State.DRAINING);
    }

    /** Closes the port at once, with the connections that wait to be accepted, and returns. */
    void close() throws InterruptedException {
        closeBy(State.CLOSING);
    }

    private void closeBy(State target) throws InterruptedException {
        if (moveTo(target) == State.BOUND) {
            release();
        }
        selector.wakeup();
        closed.await();
    }

    /** Moves to a later state, and returns the state before. */
    private synchronized State moveTo(State target) {
        State before = state;
        if (before.compareTo(target) < 0) {
            state = target;
        }
        return before;
    }

    private void release() {
        IoUtils.safeClose(port);
        IoUtils.safeClose(selector);
        moveTo(State.CLOSED);
        closed.countDown();
    }

    private void run() {
        AcceptFailures failures = new AcceptFailures(port(), descriptors, log);
        try {
            SelectionKey key = port.register(selector, SelectionKey.OP_ACCEPT);
            while (state == State.ACCEPTING) {
                boolean accepted = acceptAll(failures);
                // After a failure the port is still ready: a wait for readiness would end at once.
                key.interestOps(accepted ? SelectionKey.OP_ACCEPT : 0);
                selector.select(ready -> {}, accepted ? 0 : RETRY_MILLIS);
            }
            if (state == State.DRAINING) {
                acceptRemaining(key, failures);
            }
        } catch (IOException e) {
            log.accept("Stopped accepting connections on port %d: %s".formatted(port(), e));
        } finally {
            release();
        }
    }

    /** Accepts connections until none waits. Returns false where that fails. */
    private boolean acceptAll(AcceptFailures failures) throws ClosedChannelException {
        try {
            for (SocketChannel next = accept(); next != null; next = mayAccept() ? accept() : null) {
                receiver.accept(next);
            }
            return true;
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            failures.report(e);
            return false;
        }
    }

    private @Nullable SocketChannel accept() throws IOException {
        if (state != State.ACCEPTING) {
            return port.accept();
        }
        if (!descriptors.takeForConnection()) {
            throw new IOException(DescriptorBudget.EXHAUSTED);
        }
        SocketChannel socket = port.accept();
        if (socket == null) {
            descriptors.giveBack();
        }
        return socket;
    }

    private boolean mayAccept() {
        return state == State.ACCEPTING || (state == State.DRAINING && nanosLeft(drainEndNanos) > 0);
    }

    private static long nanosLeft(long endNanos) {
        return endNanos - System.nanoTime();
    }

    private void acceptRemaining(SelectionKey key, AcceptFailures failures) throws IOException {
        boolean filtered = ignoreNewHandshakes();
        // Start the time limit here: linking to the C library takes seconds on a busy machine.
        drainEndNanos = System.nanoTime() + MAX_DRAIN.toNanos();
        if (filtered) {
            key.interestOps(SelectionKey.OP_ACCEPT);
            long end = System.nanoTime() + HANDSHAKE_TIMEOUT.toNanos();
            for (long remaining = HANDSHAKE_TIMEOUT.toNanos();
                    remaining > 0 && mayAccept();
                    remaining = nanosLeft(end)) {
                selector.select(ready -> {}, TimeUnit.NANOSECONDS.toMillis(remaining) + 1);
                if (!acceptAll(failures)) {
                    break;
                }
            }
        }
        // Deregister first: a registered port stays open, and completes handshakes, until the next selection.
        key.cancel();
        selector.selectNow();
        boolean queueEmpty = false;
        while (!queueEmpty && mayAccept()) {
            // A thread that has just slept is unlikely to be preempted; a preemption would let clients connect
            // meanwhile.
            selector.select(FINAL_POLL_DELAY_MILLIS);
            long startNanos = System.nanoTime();
            queueEmpty = acceptAll(failures) && System.nanoTime() - startNanos < MAX_FINAL_POLL.toNanos();
        }
        port.close();
    }

    /**
     * Makes the kernel ignore new handshakes, and returns whether that is possible. Where it is not, a client can still
     * connect between the last attempt to accept and the close.
     */
    private boolean ignoreNewHandshakes() {
        try {
            return HandshakeFilter.attach(new ChannelDescriptor().of(port));
        } catch (ReflectiveOperationException | RuntimeException unavailable) {
            return false;
        }
    }
}
