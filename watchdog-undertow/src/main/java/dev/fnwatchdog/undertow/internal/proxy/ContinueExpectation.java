package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * A client's {@code Expect: 100-continue} (RFC 9110, 10.1.1): the function decides whether the client is to send the body, and
 * the watchdog where the function stays silent (specification 3.20 to 3.22).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class ContinueExpectation {
    /** How long a function may stay silent. It may know nothing of the expectation, and wait for the body. */
    private static final long PATIENCE_MILLIS = 1000;

    private enum State {
        /** The client does not wait, or has been sent a response. */
        NONE,
        /** The client sends the body only after a 100. */
        PENDING
    }

    private final Invocation invocation;

    // Mutable state
    private State state;
    private XnioExecutor.@Nullable Key timer;

    private ContinueExpectation(Invocation invocation, State state) {
        this.invocation = invocation;
        this.state = state;
    }

    static ContinueExpectation of(Invocation invocation) {
        HttpServerExchange exchange = invocation.exchange();
        boolean waits = HttpContinue.requiresContinueResponse(exchange)
                && !exchange.isRequestComplete()
                && !bodyHasBegun(exchange);
        return new ContinueExpectation(invocation, waits ? State.PENDING : State.NONE);
    }

    private static boolean bodyHasBegun(HttpServerExchange exchange) {
        return exchange.getConnection() instanceof HttpServerConnection http1 && http1.getExtraBytes() != null;
    }

    /** Returns whether the client waits for a 100. */
    boolean isPending() {
        return state == State.PENDING;
    }

    /** Starts to wait for the function, which has been sent the head of the request. */
    void start() {
        if (state == State.PENDING) {
            stop();
            timer = invocation.loop().thread().executeAfter(this::fulfil, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Stops waiting: the head has to be sent once more. */
    void stop() {
        if (timer != null) {
            timer.remove();
            timer = null;
        }
    }

    /** Sends the 100, unless the client has got one, or does not wait for one. */
    void fulfil() {
        if (state == State.PENDING) {
            cancel();
            HttpContinue.markContinueResponseSent(invocation.exchange());
            invocation.sendInterim(InterimResponse.CONTINUE);
        }
    }

    /**
     * Called before the final response. A client that has not been sent a 100 may leave the body out, so that what it sends next
     * may be the body or another request: the connection is closed after the response.
     */
    void finalResponse() {
        if (state == State.PENDING) {
            cancel();
            invocation.exchange().setPersistent(false);
        }
    }

    /** Ends the expectation without a 100. */
    void cancel() {
        state = State.NONE;
        stop();
    }
}
