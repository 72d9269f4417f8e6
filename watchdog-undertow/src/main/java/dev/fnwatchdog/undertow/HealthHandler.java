package dev.fnwatchdog.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.util.function.BooleanSupplier;

/**
 * {@code /_/health} (contract 2).
 *
 * <p>Threads: the exchange's IO thread; a look at the lock file is one system call.
 */
final class HealthHandler implements HttpHandler {
    private static final Answer HEALTHY = Answer.of(StatusCodes.OK).withBody(WatchdogHeaders.PLAIN_TEXT, "OK");
    private static final Answer UNHEALTHY = Answer.of(StatusCodes.SERVICE_UNAVAILABLE);
    private final BooleanSupplier healthy;

    HealthHandler(BooleanSupplier healthy) {
        this.healthy = healthy;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Answer answer = healthy.getAsBoolean() ? HEALTHY : UNHEALTHY;
        answer.send(exchange);
    }
}
