package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.metrics.RequestMetrics;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/**
 * Counts each call, its duration and those in flight (contract 2). A call has left the gauge before its last byte can reach
 * the client, so that a client which looks after its own call does not find it still there.
 *
 * <p>Threads: the exchange's IO thread.
 */
public final class RequestMetricsHandler implements HttpHandler {
    private final HttpHandler next;
    private final RequestMetrics metrics;

    public RequestMetricsHandler(HttpHandler next, RequestMetrics metrics) {
        this.next = next;
        this.metrics = metrics;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Invocation invocation = Invocation.of(exchange);
        int method = RequestMetrics.methodIndex(exchange.getRequestMethod().toString());
        metrics.started();
        invocation.beforeLastByte(() -> metrics.finished(method, invocation.status(), invocation.elapsedNanos()));
        next.handleRequest(exchange);
    }
}
