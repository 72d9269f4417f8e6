package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.nio.ByteBuffer;

/**
 * Status 200 and a fixed media type: the whole output is the body (specification 4.6).
 *
 * @param contentType the value of {@code content_type}
 */
record FixedHead(String contentType) implements OutputHead {
    @Override
    public boolean accept(ByteBuffer output) {
        return true;
    }

    @Override
    public boolean beginsAlone() {
        return false;
    }

    @Override
    public boolean bodyAllowed(HttpServerExchange exchange) {
        return !exchange.getRequestMethod().equals(Methods.HEAD);
    }

    @Override
    public MalformedMessageException incomplete() {
        throw new IllegalStateException("a fixed head is always complete");
    }

    @Override
    public void applyTo(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
    }

    @Override
    public long contentLength(HttpServerExchange exchange, long printed) {
        return printed;
    }
}
