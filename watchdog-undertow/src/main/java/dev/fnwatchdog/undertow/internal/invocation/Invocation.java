package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.connection.ServedConnection;
import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.http.GrpcContentType;
import dev.fnwatchdog.undertow.internal.http.GrpcStatus;
import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Timer;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.Options;

/**
 * One invocation of the function, from the head of its request to the end of its response. It runs actions before the last byte
 * can reach the client and after the end, and can be aborted.
 *
 * <p>Threads: the exchange's I/O thread. {@link #start()} is immutable, and may be read from any.
 */
@IoThread
public final class Invocation implements ExchangeCompletionListener {
    /** The client disconnected before a response began; nginx's code, in logs and metrics only (specification 2.13). */
    public static final int CLIENT_CLOSED_REQUEST = 499;

    private static final long REST_OF_REQUEST_MILLIS = 500;

    /** The longest that a response waits for the end of what it replaces. */
    private static final long PERMIT_MILLIS = 1000;

    /** What the watchdog's own responses are in. */
    enum Protocol {
        HTTP,
        GRPC
    }

    private static final AttachmentKey<Invocation> KEY = AttachmentKey.create(Invocation.class);

    private final HttpServerExchange exchange;
    private final IoLoop loop;
    private final ServedConnection connection;
    private final long start = System.nanoTime();
    private final BodyTimeouts bodyTimeouts;
    private final Protocol protocol;
    private final List<Runnable> beforeLastByte = new ArrayList<>(2);
    private final List<Runnable> atEnd = new ArrayList<>(2);

    // Mutable state
    private InvocationPhase phase = InvocationPhase.RUNNING;
    private boolean accessDenied;
    // the HTTP status of a refusal in gRPC, otherwise 0
    private int refusal;
    private Runnable abortAction = () -> {};
    private Runnable permitRelease = () -> {};
    private PermitHold permit = PermitHold.RESPONSE;
    private @Nullable Runnable replacement;
    private @Nullable ResponseSink sink;
    private @Nullable RequestSource source;
    private @Nullable Timer timeout;
    private ClientWatch watch = ClientWatch.NONE;
    private @Nullable DisconnectWatcher watcher;

    private Invocation(
            HttpServerExchange exchange,
            IoLoop loop,
            ServedConnection connection,
            BodyTimeouts bodyTimeouts,
            Protocol protocol) {
        this.exchange = exchange;
        this.loop = loop;
        this.connection = connection;
        this.bodyTimeouts = bodyTimeouts;
        this.protocol = protocol;
    }

    /** Begins the invocation of a probe, whose timeouts are not counted (specification 2.7). */
    public static Invocation begin(HttpServerExchange exchange, IoLoop loop, Timeouts timeouts) {
        BodyTimeouts limits = new BodyTimeouts(loop, timeouts, BodyTimeouts.Measure.WHOLE, uncounted -> {});
        return begin(exchange, loop, limits, Protocol.HTTP);
    }

    static Invocation begin(HttpServerExchange exchange, IoLoop loop, BodyTimeouts bodyTimeouts, Protocol protocol) {
        ServedConnection connection = ServedConnections.of(exchange);
        Invocation invocation = new Invocation(exchange, loop, connection, bodyTimeouts, protocol);
        exchange.putAttachment(KEY, invocation);
        exchange.addResponseWrapper((factory, ex) -> {
            connection.announceClose(ex);
            ResponseSink created = ResponseSink.wrap(factory, invocation);
            invocation.sink = created;
            return created;
        });
        exchange.addExchangeCompleteListener(invocation);
        if (!exchange.isRequestComplete()) {
            RequestSource.install(invocation, connection);
        }
        return invocation;
    }

    /** Returns the invocation of an exchange; null where it has none, such as a probe that the function does not serve. */
    static @Nullable Invocation find(HttpServerExchange exchange) {
        return exchange.getAttachment(KEY);
    }

    /** Returns the invocation of an exchange that has passed {@link InvocationHandler}. */
    public static Invocation of(HttpServerExchange exchange) {
        return exchange.getAttachment(KEY);
    }

    public HttpServerExchange exchange() {
        return exchange;
    }

    public IoLoop loop() {
        return loop;
    }

    /** Returns {@link System#nanoTime()} at the end of the head. */
    public long start() {
        return start;
    }

    public long elapsedNanos() {
        return System.nanoTime() - start;
    }

    /** Returns whether a refusal of this request is a response of gRPC (specification 7.4). */
    boolean isGrpc() {
        return protocol == Protocol.GRPC;
    }

    /** Sets the HTTP status of a refusal that the client gets as a status of gRPC. */
    void refusedWith(int status) {
        refusal = status;
    }

    BodyTimeouts bodyTimeouts() {
        return bodyTimeouts;
    }

    /**
     * Returns the status that the client got (specification 2.13), or would have got without gRPC (specification 7.4). Without a response it is 503 where the watchdog cut the
     * client off, and {@link #CLIENT_CLOSED_REQUEST} where the client disconnected.
     */
    public int status() {
        if (exchange.isResponseStarted() || !phase.isOver()) {
            return refusal == 0 ? exchange.getStatusCode() : refusal;
        }
        return connection.closedDuringRequest() ? StatusCodes.SERVICE_UNAVAILABLE : CLIENT_CLOSED_REQUEST;
    }

    public boolean ended() {
        return phase == InvocationPhase.ENDED;
    }

    /** Marks the request as refused for its token; its log line reports that. */
    public void denyAccess() {
        accessDenied = true;
    }

    public boolean accessDenied() {
        return accessDenied;
    }

    /** Handles a reset of an exchange's stream by the client. */
    public static void clientDisconnected(HttpServerExchange exchange) {
        Invocation invocation = find(exchange);
        if (invocation != null) {
            invocation.clientDisconnected();
        }
    }

    /**
     * Returns whether the function's work has ended: the response came from the watchdog, was aborted, or is complete.
     */
    public boolean stopped() {
        return phase.isStopped();
    }

    /** Runs {@code action} once, before the last byte of the response can reach the client, or when it is aborted. */
    public void beforeLastByte(Runnable action) {
        beforeLastByte.add(action);
    }

    /**
     * Runs {@code release} once: before the last byte of the response can reach the client, or when the request is aborted, but
     * not before {@link #releasePermit} where the mode retains the permit.
     */
    public void onPermitRelease(Runnable release) {
        permitRelease = release;
    }

    /**
     * Keeps the permit beyond the end of the request, until {@link #releasePermit}: a process uses what the permit stands for.
     * A response that replaces the function's waits for that too, for at most a second.
     */
    public void retainPermit() {
        if (permit == PermitHold.RESPONSE) {
            permit = permit.to(PermitHold.RETAINED);
        }
    }

    /** The mode has released everything for which it retained the permit. May be called again. */
    public void releasePermit() {
        if (permit == PermitHold.RETAINED) {
            permit = permit.to(PermitHold.RESPONSE);
        } else if (permit == PermitHold.OVERDUE) {
            permit = permit.to(PermitHold.RELEASED);
            permitRelease.run();
        }
        sendReplacement();
    }

    /** Runs {@code action} once, at the end of the invocation. */
    public void atEnd(Runnable action) {
        atEnd.add(action);
    }

    /**
     * Returns whether the request is incomplete and will stay so. Undertow may end such an exchange before this is known.
     */
    public boolean requestIncomplete() {
        return source != null && source.isIncomplete();
    }

    /** Sets how the mode aborts its work: closes a connection, kills a process. The action may run twice. */
    public void onAbort(Runnable action) {
        abortAction = action;
    }

    /** Aborts the invocation when the client disconnects, from the end of the request on. */
    public void watchClient() {
        if (stopped()) {
            return;
        }
        if (watch == ClientWatch.NONE) {
            watch = watch.to(ClientWatch.WANTED);
        }
        // Undertow does not regard a request as complete while its body is buffered.
        if (watch == ClientWatch.POSSIBLE || (watch == ClientWatch.WANTED && exchange.isRequestComplete())) {
            startWatch();
        }
    }

    /** Called when the whole request was read: what arrives now only shows whether the client is still connected. */
    void requestRead() {
        if (watch == ClientWatch.NONE) {
            watch = watch.to(ClientWatch.POSSIBLE);
        } else if (watch == ClientWatch.WANTED && !ended()) {
            startWatch();
        }
    }

    private void startWatch() {
        watch = watch.to(ClientWatch.STARTED);
        watcher = DisconnectWatcher.start(exchange, this::clientDisconnected);
    }

    /** Runs a reader of the request body, which gets a large buffer where the body is large, or may be: without a length. */
    public void withRequestBuffer(Runnable reader) {
        long length = exchange.getRequestContentLength();
        if (exchange.isRequestComplete() || (length >= 0 && length <= IoBuffers.USUAL_SIZE)) {
            reader.run();
        } else {
            loop.withLargeBuffer(reader);
        }
    }

    /** Stops the watch: the client's connection has another reader now, or none. */
    public void stopWatching() {
        if (watch != ClientWatch.STOPPED) {
            watch = watch.to(ClientWatch.STOPPED);
        }
        if (watcher != null) {
            watcher.stop();
        }
    }

    /** Called when the next piece of the response may be its last. */
    void runBeforeLastByte() {
        if (permit.isPastLastByte() || phase == InvocationPhase.TUNNEL) {
            return;
        }
        boolean retained = permit.isRetained();
        permit = permit.to(retained ? PermitHold.OVERDUE : PermitHold.RELEASED);
        beforeLastByte.forEach(Runnable::run);
        if (!retained) {
            permitRelease.run();
        }
    }

    /**
     * Sets a deadline, counted from the head.
     *
     * @param limit the longest that the invocation may take; zero: no limit
     */
    public void setTimeout(Duration limit, Runnable onTimeout) {
        if (!limit.isZero()) {
            timeout = loop.after(start, limit.toNanos(), onTimeout);
        }
    }

    /** Counts a timeout of this request for the metrics. */
    public void timeoutExpired(TimeoutKind kind) {
        bodyTimeouts.count(kind);
    }

    /** Cancels the deadline. */
    public void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel();
            timeout = null;
        }
    }

    /** Starts {@code write_timeout} at the first byte of a response that continues (specification 1.18). */
    BodyTimeouts.@Nullable Running startWriteTimeout() {
        bodyTimeouts.bytePassed();
        return bodyTimeouts.startWrite(() -> abort(GrpcStatus.DEADLINE_EXCEEDED, "write_timeout has expired"));
    }

    /**
     * Turns the connection into a tunnel; the invocation lasts as long as the client's connection (specification 3.36).
     */
    public void startTunnel() {
        advanceTo(InvocationPhase.TUNNEL);
        connection.startTunnel();
        exchange.getConnection().addCloseListener(closed -> end());
    }

    /** Sends an interim response; without effect once the response has started, or where the client speaks HTTP/1.0. */
    public void sendInterim(InterimResponse response) {
        if (stopped() || exchange.isResponseStarted()) {
            return;
        }
        try {
            connection.sendInterim(exchange, response);
        } catch (IOException disconnect) {
            clientDisconnected();
        }
    }

    /** Sends the head at once: the body may be slow to arrive (specification 3.24). */
    public void flushHead() {
        if (sink != null && !ended()) {
            sink.flushHead();
        }
    }

    /** Runs {@code action} once when the client's side accepts more. */
    void whenWritable(Runnable action) {
        connection.whenWritable(exchange, action);
    }

    /** Aborts the invocation because the client has disconnected: no response can be sent. */
    public void clientDisconnected() {
        if (!phase.isOver()) {
            advanceTo(InvocationPhase.DISCONNECTED);
        }
        abort();
    }

    /**
     * Aborts the response so that the client can tell (HTTP/1.1: closed; HTTP/2: RST_STREAM, or the trailers of gRPC;
     * specification 3.41, 7.30).
     */
    public void abort() {
        abort(GrpcStatus.INTERNAL, "the response was aborted");
    }

    private void abort(GrpcStatus status, String message) {
        if (ended()) {
            return;
        }
        if (isGrpc()
                && phase != InvocationPhase.DISCONNECTED
                && exchange.isResponseStarted()
                && endWithStatus(status, message)) {
            end();
            return;
        }
        stop();
        if (exchange.isResponseStarted() && !hasExplicitEnd()) {
            resetOnClose();
        }
        connection.abort(exchange);
        end();
    }

    /**
     * Ends a response of gRPC with trailers. Returns false where it cannot have any, or where a client could take it for a
     * complete response of another protocol.
     */
    private boolean endWithStatus(GrpcStatus status, String message) {
        if (!GrpcContentType.isIn(exchange.getResponseHeaders())) {
            return false;
        }
        runBeforeLastByte();
        HeaderMap trailers = new HeaderMap();
        status.putInto(trailers, message);
        return connection.endWithTrailers(exchange, trailers);
    }

    /**
     * Returns whether the client can distinguish a complete response from an aborted one without the connection's end.
     */
    private boolean hasExplicitEnd() {
        HeaderMap headers = exchange.getResponseHeaders();
        return headers.contains(Headers.CONTENT_LENGTH)
                || headers.contains(Headers.TRANSFER_ENCODING)
                || exchange.getProtocol().equals(Protocols.HTTP_2_0);
    }

    private void resetOnClose() {
        try {
            exchange.getConnection().setOption(Options.CLOSE_ABORT, true);
        } catch (IOException ignored) {
            // The client has closed it before, and needs no reset.
        }
    }

    /**
     * Lets the client send the rest of a request for a limited time after the response (specification 3.46). A client that
     * completes its request keeps its connection; otherwise reading stops and the connection is closed.
     */
    public void awaitEndOfRequest() {
        loop.thread().executeAfter(this::closeUnlessRead, REST_OF_REQUEST_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void closeUnlessRead() {
        if (ended() || exchange.isRequestComplete()) {
            return;
        }
        if (exchange.isResponseComplete()) {
            stop();
            connection.stopReading(exchange);
            end();
        } else {
            awaitEndOfRequest();
        }
    }

    /**
     * Aborts the function's work and responds in its place; aborts a response that has begun. Where the permit is retained the
     * response waits for its release: a client that has received it can send the next request at once.
     *
     * @param response sets status, header fields and body
     */
    public void respondInstead(CannedResponse response) {
        if (ended()) {
            return;
        }
        if (exchange.isResponseStarted()) {
            abort(response.grpcStatus().afterFirstByte(), response.message());
            return;
        }
        if (replacement != null) {
            // The first one waits for the permit, or is on its way.
            return;
        }
        boolean bodyUnread = !exchange.isRequestComplete();
        stop();
        replacement = () -> response.send(exchange, bodyUnread);
        if (permit.isRetained()) {
            loop.thread().executeAfter(this::sendReplacement, PERMIT_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            sendReplacement();
        }
    }

    /** Sends the response that replaces the function's, once. */
    private void sendReplacement() {
        Runnable send = replacement;
        if (send != null && !ended()) {
            replacement = () -> {};
            send.run();
        }
    }

    /** Stops function and request body; readers and writers that wait are notified, and release their buffers. */
    private void stop() {
        if (!stopped()) {
            advanceTo(InvocationPhase.STOPPED);
        }
        Runnable action = abortAction;
        abortAction = () -> {};
        stopWatching();
        if (source != null) {
            source.stop();
        }
        action.run();
        if (sink != null) {
            sink.stop();
        }
    }

    void source(RequestSource installed) {
        this.source = installed;
    }

    private void advanceTo(InvocationPhase next) {
        assert loop.isCurrent() : "on " + Thread.currentThread();
        phase = phase.to(next);
    }

    @Override
    public void exchangeEvent(HttpServerExchange completed, NextListener nextListener) {
        try {
            if (phase != InvocationPhase.TUNNEL) {
                end();
            }
        } finally {
            nextListener.proceed();
        }
    }

    private void end() {
        if (ended()) {
            return;
        }
        advanceTo(InvocationPhase.ENDED);
        runBeforeLastByte();
        cancelTimeout();
        stop();
        atEnd.forEach(Runnable::run);
    }
}
