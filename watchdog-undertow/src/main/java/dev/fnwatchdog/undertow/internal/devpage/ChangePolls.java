package dev.fnwatchdog.undertow.internal.devpage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.xnio.XnioExecutor;

/**
 * Holds requests until the function has another state than the one whose token is their query, for some seconds at most
 * (specification 13.4): 200 where it has, 204 where it has not yet, 503 where so many wait already or the watchdog stops.
 *
 * <p>Threads: any.
 */
final class ChangePolls implements HttpHandler {
    static final int MAX = 64;
    private static final long HOLD_SECONDS = 5;

    private static final CannedResponse CHANGED = response(StatusCodes.OK);
    private static final CannedResponse UNCHANGED = response(StatusCodes.NO_CONTENT);
    private static final CannedResponse UNAVAILABLE = response(StatusCodes.SERVICE_UNAVAILABLE);

    private final Supplier<String> token;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private final Map<HttpServerExchange, XnioExecutor.Key> waiting = new HashMap<>();

    @GuardedBy("this")
    private boolean stopped;

    /** @param token of the current state */
    ChangePolls(Supplier<String> token) {
        this.token = token;
    }

    private static CannedResponse response(int status) {
        return CannedResponse.ofWatchdog(status).with(Headers.CACHE_CONTROL, "no-store");
    }

    /** Holds the request, or responds at once; called on its I/O thread. */
    @Override
    public void handleRequest(HttpServerExchange exchange) {
        CannedResponse response;
        synchronized (this) {
            if (!exchange.getQueryString().equals(token.get())) {
                response = CHANGED;
            } else if (stopped || waiting.size() >= MAX) {
                response = UNAVAILABLE;
            } else {
                hold(exchange);
                return;
            }
        }
        response.send(exchange);
    }

    @GuardedBy("this")
    private void hold(HttpServerExchange exchange) {
        // Dispatched, because Undertow ends an exchange whose handler returns with nothing pending.
        exchange.dispatch(exchange.getIoThread(), () -> {});
        waiting.put(
                exchange, exchange.getIoThread().executeAfter(() -> expire(exchange), HOLD_SECONDS, TimeUnit.SECONDS));
    }

    private void expire(HttpServerExchange exchange) {
        boolean expired;
        synchronized (this) {
            expired = waiting.remove(exchange) != null;
        }
        if (expired) {
            respond(exchange, UNCHANGED);
        }
    }

    /** Responds to the held requests whose state is no longer the current one. */
    void release() {
        end(CHANGED);
    }

    /** Responds to all held requests, and holds none any more. */
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        end(UNAVAILABLE);
    }

    private void end(CannedResponse response) {
        Map<HttpServerExchange, XnioExecutor.Key> ended;
        synchronized (this) {
            ended = Map.copyOf(waiting);
            waiting.clear();
        }
        ended.forEach((exchange, timer) -> {
            timer.remove();
            respondSoon(exchange, response);
        });
    }

    /** Through the I/O thread's queue: no handler of the exchange runs any more when it is reached. */
    private static void respondSoon(HttpServerExchange exchange, CannedResponse response) {
        try {
            exchange.getIoThread().execute(() -> respond(exchange, response));
        } catch (RejectedExecutionException terminated) {
            // The watchdog's threads have ended, and all requests with them.
        }
    }

    private static void respond(HttpServerExchange exchange, CannedResponse response) {
        if (!exchange.isComplete()) {
            exchange.dispatch(exchange.getIoThread(), response::send);
        }
    }
}
