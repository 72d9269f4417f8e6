package dev.fnwatchdog.undertow.internal.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.CountingBuffers;
import dev.fnwatchdog.undertow.fixture.FailedListeners;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.RequestPseudoFields;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * A connection to an upstream, with an I/O thread of its own. When it is closed, no stream, buffer or byte of the budget may be
 * left.
 *
 * <p>Threads: the methods are for the test's thread.
 */
final class TestedConnection implements ConnectionListener, AutoCloseable {
    static final int WINDOW = 65_535;
    static final int MAX_HEAD = 32 * 1024;

    private static final int PATIENCE_SECONDS = 20;

    private final FailedListeners failures = FailedListeners.watch();
    private final CountingBuffers buffers = new CountingBuffers(WatchdogInternals.newBuffers());
    private final MemoryBudget budget = MemoryShares.ofHeap(1L << 40).heads();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final Semaphore available = new Semaphore(0);
    private final XnioWorker worker;
    private final XnioIoThread thread;
    private final Http2ClientConnection connection;

    private TestedConnection(int port, ClientOptions options, int firstStream) throws Exception {
        worker = Xnio.getInstance()
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_IO_THREADS, 1)
                        .set(Options.THREAD_DAEMON, true)
                        .getMap());
        StreamConnection socket = worker.openStreamConnection(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        null,
                        OptionMap.create(Options.TCP_NODELAY, true))
                .get();
        thread = socket.getIoThread();
        connection = on(() -> {
            Http2ClientConnection started =
                    new Http2ClientConnection(socket, buffers, budget, options, this, firstStream);
            started.start();
            return started;
        });
    }

    static TestedConnection to(int port) throws Exception {
        return to(port, options(WINDOW));
    }

    static TestedConnection to(int port, ClientOptions options) throws Exception {
        return new TestedConnection(port, options, 1);
    }

    static TestedConnection withFirstStream(int port, int firstStream) throws Exception {
        return new TestedConnection(port, options(WINDOW), firstStream);
    }

    static ClientOptions options(int window) {
        return new ClientOptions(1000, window, MAX_HEAD, 60_000, 60_000);
    }

    Http2ClientConnection connection() {
        return connection;
    }

    /** Runs a task on the I/O thread, and returns its result. */
    <T> T on(Callable<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                result.complete(task.call());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Runs a task on the I/O thread. */
    void run(Runnable task) throws Exception {
        on(() -> {
            task.run();
            return true;
        });
    }

    /** Sends a request without a body; fields are names and values in turn. */
    TestedStream get(String path, String... fields) throws Exception {
        return open("GET", path, true, fields);
    }

    /** Sends the head of a request whose body follows. */
    TestedStream post(String path, String... fields) throws Exception {
        return open("POST", path, false, fields);
    }

    /**
     * Sends the head of a request as soon as a stream may be opened: a second one not before the server's settings have arrived,
     * and none while much output waits for the socket.
     */
    TestedStream open(String method, String path, boolean endOfRequest, String... fields) throws Exception {
        CompletableFuture<TestedStream> opened = new CompletableFuture<>();
        Polling.until(
                Duration.ofSeconds(PATIENCE_SECONDS),
                () -> on(() -> connection.available() > 0
                        && opened.complete(openOnThisThread(method, path, endOfRequest, fields))));
        return opened.join();
    }

    /** Sends the head of a request at once; fails where no stream may be opened now. */
    TestedStream openNow(String method, String path, boolean endOfRequest, String... fields) throws Exception {
        return on(() -> openOnThisThread(method, path, endOfRequest, fields));
    }

    private TestedStream openOnThisThread(String method, String path, boolean endOfRequest, String... fields) {
        return new TestedStream(
                this,
                listener -> connection.open(
                        new RequestPseudoFields(method, "http", "h", path), map(fields), endOfRequest, listener));
    }

    static HeaderMap map(String... fields) {
        HeaderMap map = new HeaderMap();
        for (int i = 0; i < fields.length; i += 2) {
            map.add(new HttpString(fields[i]), fields[i + 1]);
        }
        return map;
    }

    int availableStreams() throws Exception {
        return on(connection::available);
    }

    /** Waits until the listener was notified that streams can be opened. */
    void awaitAvailable() throws Exception {
        assertThat(available.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Waits until streams can be opened, or a stream has an event. */
    void awaitAvailableOr(TestedStream stream) {
        Polling.until(Duration.ofSeconds(PATIENCE_SECONDS), () -> stream.hasEvent() || availableStreams() > 0);
    }

    /** Waits for the end of the connection; returns its code and reason. */
    String awaitClosed() throws Exception {
        return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    boolean isClosed() {
        return closed.isDone();
    }

    /** Returns how many pooled buffers are in use. */
    int buffersInUse() throws Exception {
        return on(() -> buffers.unreleased().size());
    }

    @Override
    public void settingsReceived() {}

    @Override
    public void available() {
        available.release();
    }

    @Override
    public void closed(ErrorCode code, String reason) {
        closed.complete(code + ": " + reason);
    }

    @Override
    public void close() throws Exception {
        run(connection::close);
        awaitClosed();
        run(() -> {});
        worker.shutdown();
        assertThat(worker.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(connection.unfinishedStreams()).as("streams left").isZero();
        assertThat(connection.openStreams()).as("open streams left").isZero();
        assertThat(buffers.unreleased()).as("buffers left").isEmpty();
        assertThat(budget.reservedBytes()).as("bytes of the budget left").isZero();
        failures.close();
        failures.assertNone();
        buffers.close();
    }
}
