package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.connection.ServedConnection;
import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.TimeoutQueue;
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
 * One call of the function, from its request's head to the end of its answer: what must happen before the last byte can
 * reach the client, what must happen when all is over, and how the call is broken off.
 *
 * <p>Threads: only the exchange's IO thread uses it, but for the start.
 */
public final class Invocation implements ExchangeCompletionListener {
    /** The client went away before it was answered; nginx's number, in logs and metrics only. */
    public static final int CLIENT_CLOSED_REQUEST = 499;

    private static final long REST_OF_REQUEST_MILLIS = 500;

    /** The longest that a response waits for the end of what it replaces. */
    private static final long PERMIT_MILLIS = 1000;

    private static final AttachmentKey<Invocation> KEY = AttachmentKey.create(Invocation.class);

    private final HttpServerExchange exchange;
    private final IoLoop loop;
    private final ServedConnection connection;
    private final long start = System.nanoTime();
    private final Duration writeTimeout;
    private final List<Runnable> beforeLastByte = new ArrayList<>(2);
    private final List<Runnable> atEnd = new ArrayList<>(2);

    // Mutable state
    private boolean lastByteDue;
    private boolean stopped;
    private boolean ended;
    private boolean tunnel;
    private boolean clientGone;
    private boolean accessDenied;
    private Runnable abort = () -> {};
    private Runnable permitRelease = () -> {};
    private boolean permitRetained;
    private @Nullable Runnable responseInstead;
    private @Nullable ResponseSink sink;
    private @Nullable RequestSource source;
    private TimeoutQueue.@Nullable Timeout timeout;
    private boolean watched;
    private @Nullable DisconnectWatcher watch;

    private Invocation(HttpServerExchange exchange, IoLoop loop, ServedConnection connection, Duration writeTimeout) {
        this.exchange = exchange;
        this.loop = loop;
        this.connection = connection;
        this.writeTimeout = writeTimeout;
    }

    /** Begins the call of an exchange whose head has just been read. */
    public static Invocation begin(HttpServerExchange exchange, IoLoop loop, Timeouts timeouts) {
        ServedConnection connection = ServedConnections.of(exchange);
        Invocation invocation = new Invocation(exchange, loop, connection, timeouts.write());
        exchange.putAttachment(KEY, invocation);
        exchange.addResponseWrapper((factory, ex) -> {
            connection.announceClose(ex);
            ResponseSink made = ResponseSink.around(factory, invocation);
            invocation.sink = made;
            return made;
        });
        exchange.addExchangeCompleteListener(invocation);
        if (!exchange.isRequestComplete()) {
            RequestSource.install(invocation, connection, timeouts.read());
        }
        return invocation;
    }

    /** The call of an exchange, where it is one: a probe is not. */
    static @Nullable Invocation find(HttpServerExchange exchange) {
        return exchange.getAttachment(KEY);
    }

    /** The call of an exchange that has passed the handler which begins calls. */
    public static Invocation of(HttpServerExchange exchange) {
        return exchange.getAttachment(KEY);
    }

    public HttpServerExchange exchange() {
        return exchange;
    }

    public IoLoop loop() {
        return loop;
    }

    /** {@link System#nanoTime()} when the head had been read. */
    public long start() {
        return start;
    }

    public long elapsedNanos() {
        return System.nanoTime() - start;
    }

    /**
     * What the client was told. Where he was told nothing it is 503 when the watchdog cut him off, and {@link
     * #CLIENT_CLOSED_REQUEST} when he left by himself.
     */
    public int status() {
        if (exchange.isResponseStarted() || !(clientGone || ended)) {
            return exchange.getStatusCode();
        }
        return connection.cutOff() ? StatusCodes.SERVICE_UNAVAILABLE : CLIENT_CLOSED_REQUEST;
    }

    public boolean ended() {
        return ended;
    }

    /** It is refused for its token: its log line says so. */
    public void denyAccess() {
        accessDenied = true;
    }

    public boolean accessDenied() {
        return accessDenied;
    }

    /** The stream of an exchange was reset by its client. */
    public static void clientGone(HttpServerExchange exchange) {
        Invocation invocation = find(exchange);
        if (invocation != null) {
            invocation.clientGone();
        }
    }

    /** Whether it has been given up: answered by the watchdog, broken off, or over. */
    public boolean stopped() {
        return stopped;
    }

    /** Runs {@code action} once, before the last byte of the answer can reach the client, or when the call is broken off. */
    public void beforeLastByte(Runnable action) {
        beforeLastByte.add(action);
    }

    /**
     * Runs {@code release} once: before the last byte of the response can reach the client, or when the request is broken
     * off; but not before {@link #releasePermit} where the mode retains the permit.
     */
    public void onPermitRelease(Runnable release) {
        permitRelease = release;
    }

    /**
     * Keeps the permit beyond the end of the request, until {@link #releasePermit}: a process holds what the permit stands
     * for. A response that replaces the function's waits for that too, for at most a second.
     */
    public void retainPermit() {
        permitRetained = true;
    }

    /** The mode holds nothing any more for which it has retained the permit. May be called again. */
    public void releasePermit() {
        permitRetained = false;
        if (lastByteDue) {
            permitRelease.run();
        }
        sendInstead();
    }

    /** Runs {@code action} once, when nothing of the call is left. */
    public void atEnd(Runnable action) {
        atEnd.add(action);
    }

    /**
     * Whether the client has not sent all of its request, and will not. Undertow may end an exchange for that before this can
     * be told.
     */
    public boolean requestBroken() {
        return source != null && source.broken();
    }

    /** How the mode gives up what it does for this call: close a connection, kill a process. Must be harmless twice. */
    public void onAbort(Runnable action) {
        abort = action;
    }

    /** From when the whole request has been read, the client's leaving ends the call. */
    public void watchClient() {
        watched = !stopped;
        if (exchange.isRequestComplete()) {
            requestRead();
        }
    }

    /** The whole request has been read: what comes now tells only whether the client is still there. */
    void requestRead() {
        if (watched && watch == null && !ended) {
            watch = DisconnectWatcher.start(exchange, this::clientGone);
        }
    }

    /** The client's side of the connection is somebody else's now, or nobody's. */
    public void stopWatching() {
        watched = false;
        if (watch != null) {
            watch.stop();
        }
    }

    /** The next piece of the answer may be its last. */
    void lastByteDue() {
        if (!lastByteDue && !tunnel) {
            lastByteDue = true;
            beforeLastByte.forEach(Runnable::run);
            if (!permitRetained) {
                permitRelease.run();
            }
        }
    }

    /**
     * Holds the call to a limit, counted from its head.
     *
     * @param limit the longest that it may take; zero: no limit
     */
    public void limitTo(Duration limit, Runnable onTimeout) {
        if (!limit.isZero()) {
            timeout = loop.execTimeouts().start(start, limit.toNanos(), onTimeout);
        }
    }

    /** The limit holds no more. */
    public void liftLimit() {
        if (timeout != null) {
            timeout.cancel();
            timeout = null;
        }
    }

    /** The first byte of the answer goes out, and more will follow. */
    TimeoutQueue.@Nullable Timeout startWriteTimeout() {
        return writeTimeout.isZero()
                ? null
                : loop.writeTimeouts().start(System.nanoTime(), writeTimeout.toNanos(), this::breakOff);
    }

    /** From here on the two sides exchange bytes freely; the call lasts as long as the client's connection. */
    public void becomeTunnel() {
        tunnel = true;
        connection.becomesTunnel();
        exchange.getConnection().addCloseListener(closed -> {
            tunnel = false;
            end();
        });
    }

    /** Sends the head at once where the body lets wait for itself. */
    public void flushHead() {
        if (sink != null && !ended) {
            sink.flushHead();
        }
    }

    /** The client has left: the function need not go on, and nobody is there to be answered. */
    public void clientGone() {
        clientGone = true;
        breakOff();
    }

    /** Ends the call so that the client can tell that its answer is not whole (HTTP/1.1: closed; HTTP/2: RST_STREAM). */
    public void breakOff() {
        if (ended) {
            return;
        }
        stop();
        if (exchange.isResponseStarted() && !endIsTold()) {
            resetOnClose();
        }
        connection.breakOff(exchange);
        end();
    }

    /** Whether the client can tell a whole answer from one that breaks off, other than by the connection's end. */
    private boolean endIsTold() {
        HeaderMap headers = exchange.getResponseHeaders();
        return headers.contains(Headers.CONTENT_LENGTH)
                || headers.contains(Headers.TRANSFER_ENCODING)
                || exchange.getProtocol().equals(Protocols.HTTP_2_0);
    }

    private void resetOnClose() {
        try {
            exchange.getConnection().setOption(Options.CLOSE_ABORT, true);
        } catch (IOException ignored) {
            // The client has closed it before: he knows.
        }
    }

    /**
     * The function has answered without the whole request. The client may have sent the rest meanwhile, and keeps his
     * connection then; one that goes on sending what nobody wants is not listened to for long.
     */
    public void awaitEndOfRequest() {
        loop.thread().executeAfter(this::closeUnlessRead, REST_OF_REQUEST_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void closeUnlessRead() {
        if (ended || exchange.isRequestComplete()) {
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
     * Gives up the function's work and answers in its place; where the answer has begun already, breaks it off. Where the
     * permit is retained the response waits for its release: a client that got it can send the next request at once.
     *
     * @param answer sets status, headers and body
     */
    public void answerInstead(CannedResponse answer) {
        if (ended) {
            return;
        }
        if (exchange.isResponseStarted()) {
            breakOff();
            return;
        }
        if (responseInstead != null) {
            return;
        }
        boolean bodyUnread = !exchange.isRequestComplete();
        stop();
        responseInstead = () -> answer.send(exchange, bodyUnread);
        if (permitRetained) {
            loop.thread().executeAfter(this::sendInstead, PERMIT_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            sendInstead();
        }
    }

    /** Sends the response that replaces the function's, once. */
    private void sendInstead() {
        Runnable send = responseInstead;
        if (send != null && !ended) {
            responseInstead = () -> {};
            send.run();
        }
    }

    /** Neither function nor request body matter any more; whatever waits on them is let go, with its buffers. */
    private void stop() {
        stopped = true;
        Runnable action = abort;
        abort = () -> {};
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

    @Override
    public void exchangeEvent(HttpServerExchange completed, NextListener nextListener) {
        try {
            if (!tunnel) {
                end();
            }
        } finally {
            nextListener.proceed();
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        lastByteDue();
        liftLimit();
        stop();
        atEnd.forEach(Runnable::run);
    }
}
