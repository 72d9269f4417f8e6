package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.core.health.Readiness;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.util.function.Supplier;

/**
 * {@code /_/ready} (contract 2).
 *
 * <p>Threads: the exchange's IO thread.
 */
public final class ReadyHandler implements HttpHandler {
    private final Supplier<Readiness> readiness;
    private final HttpHandler askFunction;

    /** @param askFunction answers in the function's words, where {@code ready_path} is set */
    public ReadyHandler(Supplier<Readiness> readiness, HttpHandler askFunction) {
        this.readiness = readiness;
        this.askFunction = askFunction;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Readiness decision = readiness.get();
        if (decision == Readiness.ASK_FUNCTION) {
            askFunction.handleRequest(exchange);
        } else {
            CannedResponse.of(decision.status().orElse(StatusCodes.INTERNAL_SERVER_ERROR))
                    .send(exchange);
        }
    }
}
