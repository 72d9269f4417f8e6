package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;

/**
 * Turns a throwable into a response, or into a broken connection where the response has begun.
 *
 * <p>Threads: the exchange's I/O thread.
 */
public record FailureHandler(HttpHandler next, WatchdogLog log) implements HttpHandler {
    private static final CannedResponse FAILED = CannedResponse.ofWatchdog(StatusCodes.INTERNAL_SERVER_ERROR);

    @Override
    @SuppressWarnings("CatchingUnchecked") // every throwable must end in a response and release the permit
    public void handleRequest(HttpServerExchange exchange) {
        try {
            next.handleRequest(exchange);
        } catch (Throwable failure) {
            log.error("A request failed because of an error in the watchdog", failure);
            Invocation.of(exchange).respondInstead(FAILED);
        }
    }
}
