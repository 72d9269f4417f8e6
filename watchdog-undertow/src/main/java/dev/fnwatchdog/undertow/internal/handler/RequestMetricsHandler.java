package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.metrics.RequestMetrics;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/**
 * Counts each request, its duration and the requests in flight (specification 2.10, 2.14). A request leaves the gauge before
 * the last byte of its response can reach the client: a client that reads the metrics next does not find its own request in
 * flight.
 *
 * <p>Threads: the exchange's I/O thread.
 */
public record RequestMetricsHandler(HttpHandler next, RequestMetrics metrics) implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Invocation invocation = Invocation.of(exchange);
        String method = exchange.getRequestMethod().toString();
        metrics.started();
        invocation.beforeLastByte(() -> metrics.finished(method, invocation.status(), invocation.elapsedNanos()));
        next.handleRequest(exchange);
    }
}
