package dev.fnwatchdog.undertow.internal.mode;

import io.undertow.client.ClientConnection;
import io.undertow.server.HttpServerExchange;
import java.util.function.Consumer;

/**
 * Sends requests of the watchdog itself to the function's own server in http mode, on the connections that serve clients too.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@FunctionalInterface
public interface UpstreamClient {
    /**
     * Returns a connection for one request: the one that {@code exchange} has, whose invocation has begun. Nothing is sent before
     * the connection is asked to.
     *
     * @param failure called in place of a response, with a sentence that names the function and the reason
     */
    ClientConnection connect(HttpServerExchange exchange, Consumer<String> failure);
}
