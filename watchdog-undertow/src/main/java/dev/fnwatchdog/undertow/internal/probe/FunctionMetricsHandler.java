package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.handler.ReadOnlyHandler;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.UpstreamClient;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.util.Optional;
import java.util.function.Function;

/**
 * Serves {@code /metrics/function}: the function's own metrics page, whole or not at all (specification 2.17).
 *
 * <p>Threads: the exchange's I/O thread; nothing blocks.
 */
public final class FunctionMetricsHandler implements HttpHandler {
    private static final CannedResponse NOT_READY = CannedResponse.ofWatchdog(StatusCodes.SERVICE_UNAVAILABLE)
            .withBody(WatchdogHeaders.PLAIN_TEXT, "the function is not ready\n");
    private static final CannedResponse HAS_BODY = CannedResponse.of(StatusCodes.BAD_REQUEST)
            .withBody(WatchdogHeaders.PLAIN_TEXT, "a request for metrics has no body\n");

    private final Mode mode;
    private final String path;
    private final Function<HttpServerExchange, Invocation> invocations;
    private final MemoryBudget memory;
    private final WatchdogLog log;
    private final HttpHandler page = new ReadOnlyHandler(this::scrape);

    /**
     * Creates the handler.
     *
     * @param path of the page in the function
     * @param invocations begins the invocation of an exchange
     * @param memory the budget of the pages that are held
     */
    public FunctionMetricsHandler(
            Mode mode,
            String path,
            Function<HttpServerExchange, Invocation> invocations,
            MemoryBudget memory,
            WatchdogLog log) {
        this.mode = mode;
        this.path = path;
        this.invocations = invocations;
        this.memory = memory;
        this.log = log;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        page.handleRequest(exchange);
    }

    private void scrape(HttpServerExchange exchange) {
        Optional<UpstreamClient> client = mode.upstreamClient();
        if (client.isEmpty() || !mode.ready()) {
            NOT_READY.send(exchange);
        } else if (!exchange.isRequestComplete()) {
            HAS_BODY.send(exchange);
        } else {
            FunctionScrape scrape = new FunctionScrape(invocations.apply(exchange), path, memory, log);
            // Undertow would end an exchange whose handler returns while the function is awaited.
            exchange.dispatch(SameThreadExecutor.INSTANCE, () -> scrape.send(client.get()));
        }
    }
}
