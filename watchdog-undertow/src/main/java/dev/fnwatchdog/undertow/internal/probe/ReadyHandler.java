package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.core.health.Readiness;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.util.function.Supplier;

/**
 * Serves {@code /_/ready} (specification 2.2).
 *
 * <p>Threads: the exchange's I/O thread.
 *
 * @param functionReadiness returns the function's own response, where {@code ready_path} is set
 */
public record ReadyHandler(Supplier<Readiness> readiness, HttpHandler functionReadiness) implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Readiness decision = readiness.get();
        if (decision == Readiness.ASK_FUNCTION) {
            functionReadiness.handleRequest(exchange);
        } else {
            CannedResponse.of(decision.status().orElse(StatusCodes.INTERNAL_SERVER_ERROR))
                    .send(exchange);
        }
    }
}
