package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.BadRequestException;
import io.undertow.util.ParameterLimitException;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;

/**
 * Passes calls to a handler that works on exchanges of Undertow's: the function's own {@link HttpHandler}, or a servlet
 * container's.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class ExchangeFunction implements HttpHandler {
    private static final CannedResponse BAD_REQUEST = CannedResponse.of(StatusCodes.BAD_REQUEST);

    private final HandlerContext host;
    private final HttpHandler function;
    private final boolean blocks;
    private final HttpHandler entering;

    /** @param blocks whether the function must not be called on an IO thread */
    ExchangeFunction(HandlerContext host, HttpHandler function, boolean blocks) {
        this.host = host;
        this.function = function;
        this.blocks = blocks;
        // From there on the handler's exchange decides when the client's ends, and nobody behind our back.
        this.entering = new HttpContinueReadHandler(
                exchange -> exchange.dispatch(SameThreadExecutor.INSTANCE, () -> enter(exchange)));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (host.accept(exchange)) {
            entering.handleRequest(exchange);
        }
    }

    private void enter(HttpServerExchange exchange) {
        Invocation invocation = Invocation.of(exchange);
        try {
            new InprocInvocation(invocation, host, function).enter(blocks);
        } catch (BadRequestException | ParameterLimitException e) {
            invocation.respondInstead(BAD_REQUEST);
        }
    }
}
