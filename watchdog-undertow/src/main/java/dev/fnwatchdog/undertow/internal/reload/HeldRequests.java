package dev.fnwatchdog.undertow.internal.reload;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait until somebody can take them, in the order in which they came.
 *
 * <p>Threads: any.
 */
final class HeldRequests {
    // Mutable state, under this object's lock
    private final Deque<HttpServerExchange> waiting = new ArrayDeque<>();
    private @Nullable HttpHandler successor;

    /** Keeps a call, on its IO thread and within its handler. */
    void hold(HttpServerExchange exchange) throws Exception {
        HttpHandler next;
        synchronized (this) {
            next = successor;
            if (next == null) {
                // Dispatched, since Undertow ends an exchange whose handler returns with nothing under way.
                exchange.dispatch(exchange.getIoThread(), () -> {});
                waiting.add(exchange);
                return;
            }
        }
        next.handleRequest(exchange);
    }

    /** Gives all of them, and those that come late, to {@code next}. */
    synchronized void release(HttpHandler next) {
        successor = next;
        // By way of the IO thread's queue: there no handler of the exchange is under way any more.
        waiting.forEach(exchange -> resumeSoon(exchange, next));
        waiting.clear();
    }

    private static void resumeSoon(HttpServerExchange exchange, HttpHandler next) {
        try {
            exchange.getIoThread().execute(() -> resume(exchange, next));
        } catch (RejectedExecutionException stopped) {
            // The watchdog's threads have ended, and all calls with them.
        }
    }

    private static void resume(HttpServerExchange exchange, HttpHandler next) {
        if (!exchange.isComplete()) {
            exchange.dispatch(exchange.getIoThread(), next);
        }
    }
}
