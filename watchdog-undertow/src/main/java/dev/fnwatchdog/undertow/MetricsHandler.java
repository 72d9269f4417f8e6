package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.metrics.Exposition;
import dev.fnwatchdog.core.metrics.Exposition.Page;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics}, the only path of its port (contract 2).
 *
 * <p>Threads: the page is made on a worker thread, since the first one loads the JVM's management classes; it is sent on
 * the exchange's IO thread.
 */
final class MetricsHandler implements HttpHandler {
    private static final Answer NOT_FOUND = Answer.of(StatusCodes.NOT_FOUND);
    private static final Answer NOT_ALLOWED =
            Answer.of(StatusCodes.METHOD_NOT_ALLOWED).with(Headers.ALLOW, "GET, HEAD");

    private final Exposition exposition;

    MetricsHandler(Exposition exposition) {
        this.exposition = exposition;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        HttpString method = exchange.getRequestMethod();
        if (!RequestTarget.path(exchange).equals("/metrics")) {
            NOT_FOUND.send(exchange);
        } else if (!method.equals(Methods.GET) && !method.equals(Methods.HEAD)) {
            NOT_ALLOWED.send(exchange);
        } else {
            exchange.dispatch(exchange.getConnection().getWorker(), () -> render(exchange, accept(exchange)));
        }
    }

    private static @Nullable String accept(HttpServerExchange exchange) {
        HeaderValues accept = exchange.getRequestHeaders().get(Headers.ACCEPT);
        return accept == null ? null : String.join(",", accept);
    }

    private void render(HttpServerExchange exchange, @Nullable String accept) {
        Page page = exposition.render(accept);
        Answer answer = Answer.of(StatusCodes.OK).withBody(page.contentType(), page.body());
        exchange.getIoThread().execute(() -> answer.send(exchange));
    }
}
