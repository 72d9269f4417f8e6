package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.util.function.BooleanSupplier;

/**
 * Serves {@code /_/health} (specification 2.1).
 *
 * <p>Threads: the exchange's I/O thread; a check of the lock file is one system call.
 */
public record HealthHandler(BooleanSupplier healthy) implements HttpHandler {
    private static final CannedResponse HEALTHY =
            CannedResponse.of(StatusCodes.OK).withBody(WatchdogHeaders.PLAIN_TEXT, "OK");
    private static final CannedResponse UNHEALTHY = CannedResponse.of(StatusCodes.SERVICE_UNAVAILABLE);

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        CannedResponse response = healthy.getAsBoolean() ? HEALTHY : UNHEALTHY;
        response.send(exchange);
    }
}
