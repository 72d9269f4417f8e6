package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.undertow.internal.http.HttpDate;
import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Adds {@code Date} to each response that has none, immediately before its head is sent (RFC 9110 6.6.1).
 *
 * <p>Undertow's own implementation uses a {@code SimpleDateFormat}, whose first use loads the JDK's locale data and takes a
 * tenth of the startup time.
 *
 * <p>Threads: any.
 */
final class ResponseDate implements ConduitWrapper<StreamSinkConduit> {
    static final ResponseDate INSTANCE = new ResponseDate();

    private ResponseDate() {}

    @Override
    public StreamSinkConduit wrap(ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
        HeaderMap headers = exchange.getResponseHeaders();
        if (!headers.contains(Headers.DATE)) {
            headers.put(Headers.DATE, HttpDate.format(System.currentTimeMillis() / 1000));
        }
        return factory.create();
    }
}
