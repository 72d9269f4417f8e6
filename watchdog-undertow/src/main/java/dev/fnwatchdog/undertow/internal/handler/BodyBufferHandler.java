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
 * Buffers the request body and forwards it with Content-Length ({@code http_buffer_req_body}, specification 3.19). This serves
 * functions that do not understand a chunked body. A body that does not fit into memory is 413.
 *
 * <p>Threads: the exchange's I/O thread.
 */
public record BodyBufferHandler(HttpHandler next, MemoryBudget memory) implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.isRequestComplete()) {
            next.handleRequest(exchange);
            return;
        }
        RequestBodyCollector request = new RequestBodyCollector(exchange, memory, body -> {
            setBody(exchange, body);
            exchange.dispatch(SameThreadExecutor.INSTANCE, next);
        });
        if (request.read()) {
            setBody(exchange, request.body());
            next.handleRequest(exchange);
        }
    }

    /** Makes the buffered body the request body of the exchange. */
    private static void setBody(HttpServerExchange exchange, BufferedBody body) {
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
