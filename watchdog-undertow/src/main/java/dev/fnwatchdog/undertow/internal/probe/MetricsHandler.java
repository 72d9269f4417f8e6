package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.Exposition;
import dev.fnwatchdog.core.metrics.Exposition.Page;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.undertow.internal.handler.ReadOnlyHandler;
import dev.fnwatchdog.undertow.internal.http.AcceptEncoding;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /metrics} and {@code /metrics/function}, the only paths of its port (specification 2.8, 2.17).
 *
 * <p>Threads: a worker thread renders the page, because the first one loads the JVM's management classes; the exchange's I/O
 * thread sends it.
 */
public final class MetricsHandler implements HttpHandler {
    /** Serves a path that does not exist. */
    public static final HttpHandler NOT_FOUND = CannedResponse.of(StatusCodes.NOT_FOUND)::send;

    private static final CannedResponse FAILED = CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR);

    private final Exposition exposition;
    private final HttpHandler function;
    private final WatchdogLog log;
    private final HttpHandler page = new ReadOnlyHandler(exchange -> exchange.dispatch(
            ThreadRefusedException.checked(exchange.getConnection().getWorker()), () -> render(exchange)));

    /** @param function serves {@code /metrics/function} */
    public MetricsHandler(Exposition exposition, HttpHandler function, WatchdogLog log) {
        this.exposition = exposition;
        this.function = function;
        this.log = log;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        switch (RequestTarget.path(exchange)) {
            case "/metrics" -> page.handleRequest(exchange);
            case "/metrics/function" -> function.handleRequest(exchange);
            default -> NOT_FOUND.handleRequest(exchange);
        }
    }

    private static @Nullable String accept(HttpServerExchange exchange) {
        HeaderValues accept = exchange.getRequestHeaders().get(Headers.ACCEPT);
        return accept == null ? null : String.join(",", accept);
    }

    private void render(HttpServerExchange exchange) {
        CannedResponse response = response(
                accept(exchange),
                AcceptEncoding.acceptsGzip(exchange.getRequestHeaders().get(Headers.ACCEPT_ENCODING)));
        exchange.getIoThread().execute(() -> response.send(exchange));
    }

    private CannedResponse response(@Nullable String accept, boolean gzip) {
        try {
            Page rendered = exposition.render(accept);
            CannedResponse ok = CannedResponse.of(StatusCodes.OK);
            return gzip
                    ? ok.withBody(rendered.contentType(), rendered.gzipped())
                            .with(Headers.CONTENT_ENCODING, Headers.GZIP.toString())
                    : ok.withBody(rendered.contentType(), rendered.body());
        } catch (RuntimeException failure) {
            log.error("The metrics page could not be created", failure);
            return FAILED;
        }
    }
}
