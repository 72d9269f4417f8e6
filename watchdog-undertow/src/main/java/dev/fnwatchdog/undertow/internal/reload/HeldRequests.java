package dev.fnwatchdog.undertow.internal.reload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Holds requests, in order of arrival, until a handler is available (specification 7.27).
 *
 * <p>Threads: any.
 */
final class HeldRequests {
    // Mutable state, under this object's lock
    @GuardedBy("this")
    private final Deque<HttpServerExchange> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private @Nullable HttpHandler successor;

    /** Holds a request; called on its I/O thread and within its handler. */
    void hold(HttpServerExchange exchange) throws Exception {
        HttpHandler next;
        synchronized (this) {
            next = successor;
            if (next == null) {
                // Dispatched, because Undertow ends an exchange whose handler returns with nothing pending.
                exchange.dispatch(exchange.getIoThread(), () -> {});
                waiting.add(exchange);
                return;
            }
        }
        next.handleRequest(exchange);
    }

    /** Passes all held requests, and later ones, to {@code next}. */
    synchronized void release(HttpHandler next) {
        successor = next;
        // Through the I/O thread's queue: no handler of the exchange runs any more when it is reached.
        waiting.forEach(exchange -> resumeSoon(exchange, next));
        waiting.clear();
    }

    private static void resumeSoon(HttpServerExchange exchange, HttpHandler next) {
        try {
            exchange.getIoThread().execute(() -> resume(exchange, next));
        } catch (RejectedExecutionException terminated) {
            // The watchdog's threads have ended, and all requests with them.
        }
    }

    private static void resume(HttpServerExchange exchange, HttpHandler next) {
        if (!exchange.isComplete()) {
            exchange.dispatch(exchange.getIoThread(), next);
        }
    }
}
