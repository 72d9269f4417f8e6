package dev.fnwatchdog.undertow.internal.devpage;

import dev.fnwatchdog.undertow.internal.handler.ReadOnlyHandler;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.function.Supplier;

/**
 * Routes the paths of the development pages to them for clients on this machine, and everything else to the function
 * (specification 13.1).
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class LocalRoutes implements HttpHandler {
    private static final String OVERVIEW = "/_/dev";
    static final String CHANGES = "/_/dev/changes";

    private final HttpHandler overview;
    private final HttpHandler changes;
    private final HttpHandler function;

    LocalRoutes(Supplier<OverviewPage> overview, ChangePolls polls, HttpHandler function) {
        this.overview = new ReadOnlyHandler(exchange -> overview.get().send(exchange));
        this.changes = new ReadOnlyHandler(polls);
        this.function = function;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        String path = RequestTarget.path(exchange);
        if (path.startsWith(OVERVIEW) && LocalClient.sent(exchange)) {
            route(path).handleRequest(exchange);
        } else {
            function.handleRequest(exchange);
        }
    }

    private HttpHandler route(String path) {
        return switch (path) {
            case OVERVIEW -> overview;
            case CHANGES -> changes;
            default -> function;
        };
    }
}
