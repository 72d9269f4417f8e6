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
 * Accepts the connections of one port, on a thread of its own, and closes the port without losing any whose handshake is
 * complete. XNIO's own server resets those that wait in the kernel's queue, and after a failure to accept it waits for up
 * to 30 s.
 *
 * <p>Threads: any.
 */
final class Acceptor {
    private static final int BACKLOG = 1024;

    /** From a failure to accept to the next attempt. */
    private static final long RETRY_MILLIS = 100;

    /** How long the handshakes that have begun may take to complete, when the port is about to be closed. */
    private static final Duration HANDSHAKES = Duration.ofMillis(30);

    private static final long BEFORE_LAST_LOOK_MILLIS = 1;

    /** A last look at the queue that took longer has been interrupted, or has found many: another one follows. */
    private static final Duration LONGEST_LAST_LOOK = Duration.ofNanos(200_000);

    /** The longest that clients can delay the closing, by connecting without end or by holding all descriptors. */
    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(3);

    /** In this order; states can be skipped. */
    private enum State {
        BOUND,
        ACCEPTING,
        /** Accepts what has come, then closes. */
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
     * Binds a port, on IPv4 and IPv6, and accepts nothing yet: clients can connect, and wait.
     *
     * @param receiver gets each socket, on the acceptor's thread
     * @param log for a line that says why nothing can be accepted
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

    /** Begins to accept. */
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
        end(State.DRAINING);
    }

    /** Closes the port whoever waits there, and returns. */
    void close() throws InterruptedException {
        end(State.CLOSING);
    }

    private void end(State wanted) throws InterruptedException {
        if (moveTo(wanted) == State.BOUND) {
            release();
        }
        selector.wakeup();
        closed.await();
    }

    /** Returns the state before. */
    private synchronized State moveTo(State wanted) {
        State before = state;
        if (before.compareTo(wanted) < 0) {
            state = wanted;
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
                // After a failure the port is still ready, and would end each wait at once.
                key.interestOps(accepted ? SelectionKey.OP_ACCEPT : 0);
                selector.select(ready -> {}, accepted ? 0 : RETRY_MILLIS);
            }
            if (state == State.DRAINING) {
                acceptTheLast(key, failures);
            }
        } catch (IOException e) {
            log.accept("Stopped accepting connections on port %d: %s".formatted(port(), e));
        } finally {
            release();
        }
    }

    /** Accepts until nobody waits; false where that fails. */
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

    private void acceptTheLast(SelectionKey key, AcceptFailures failures) throws IOException {
        boolean filtered = ignoreNewHandshakes();
        // From here on: to link to the C library takes seconds on a machine that has other things to do.
        drainEndNanos = System.nanoTime() + LONGEST_DRAIN.toNanos();
        if (filtered) {
            key.interestOps(SelectionKey.OP_ACCEPT);
            long end = System.nanoTime() + HANDSHAKES.toNanos();
            for (long left = HANDSHAKES.toNanos(); left > 0 && mayAccept(); left = nanosLeft(end)) {
                selector.select(ready -> {}, TimeUnit.NANOSECONDS.toMillis(left) + 1);
                if (!acceptAll(failures)) {
                    break;
                }
            }
        }
        // While it is registered the port would stay open, and complete handshakes, until the next selection.
        key.cancel();
        selector.selectNow();
        boolean deserted = false;
        while (!deserted && mayAccept()) {
            // Who has slept a little is not soon taken off the processor, which would let clients connect meanwhile.
            selector.select(BEFORE_LAST_LOOK_MILLIS);
            long began = System.nanoTime();
            deserted = acceptAll(failures) && System.nanoTime() - began < LONGEST_LAST_LOOK.toNanos();
        }
        port.close();
    }

    /** Where that cannot be done, a client can still connect between the last attempt to accept and the closing. */
    private boolean ignoreNewHandshakes() {
        try {
            return HandshakeFilter.attach(new ChannelDescriptor().of(port));
        } catch (ReflectiveOperationException | RuntimeException hidden) {
            return false;
        }
    }
}
