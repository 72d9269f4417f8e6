package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.undertow.internal.io.BufferedBody;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.ImmediatePooledByteBuffer;
import io.undertow.util.SameThreadExecutor;
import java.util.Arrays;

/**
 * Reads the whole body of a request before the function sees any of it, and gives it a Content-Length ({@code
 * http_buffer_req_body}), for servers that do not understand a chunked one. What does not fit into memory is 413.
 *
 * <p>Threads: the exchange's IO thread.
 */
public final class BodyBufferHandler implements HttpHandler {
    private final HttpHandler next;
    private final MemoryBudget memory;

    public BodyBufferHandler(HttpHandler next, MemoryBudget memory) {
        this.next = next;
        this.memory = memory;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.isRequestComplete()) {
            next.handleRequest(exchange);
            return;
        }
        RequestBodyCollector request = new RequestBodyCollector(exchange, memory, body -> {
            handOver(exchange, body);
            exchange.dispatch(SameThreadExecutor.INSTANCE, next);
        });
        if (request.read()) {
            handOver(exchange, request.body());
            next.handleRequest(exchange);
        }
    }

    /** The body is the exchange's again. */
    private static void handOver(HttpServerExchange exchange, BufferedBody body) {
        exchange.getRequestHeaders().remove(Headers.TRANSFER_ENCODING);
        exchange.getRequestHeaders().put(Headers.CONTENT_LENGTH, body.size());
        if (body.size() > 0) {
            Connectors.ungetRequestBytes(
                    exchange,
                    Arrays.stream(body.pieces())
                            .map(ImmediatePooledByteBuffer::new)
                            .toArray(PooledByteBuffer[]::new));
            Connectors.resetRequestChannel(exchange);
        }
    }
}
