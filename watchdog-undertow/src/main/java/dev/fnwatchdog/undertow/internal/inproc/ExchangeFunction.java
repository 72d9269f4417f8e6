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
 * Passes requests to a handler that uses Undertow exchanges: an {@link HttpHandler} or a servlet container.
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class ExchangeFunction implements HttpHandler {
    private static final CannedResponse BAD_REQUEST = CannedResponse.of(StatusCodes.BAD_REQUEST);

    private final HandlerContext context;
    private final HttpHandler function;
    private final boolean blocking;
    private final HttpHandler entryHandler;

    /** @param blocking whether the function must not be called on an I/O thread */
    ExchangeFunction(HandlerContext context, HttpHandler function, boolean blocking) {
        this.context = context;
        this.function = function;
        this.blocking = blocking;
        // From then on the handler's exchange alone decides when the client's exchange ends.
        this.entryHandler = new HttpContinueReadHandler(
                exchange -> exchange.dispatch(SameThreadExecutor.INSTANCE, () -> enter(exchange)));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (context.accept(exchange)) {
            entryHandler.handleRequest(exchange);
        }
    }

    private void enter(HttpServerExchange exchange) {
        Invocation invocation = Invocation.of(exchange);
        try {
            new InprocInvocation(invocation, context, function).enter(blocking);
        } catch (BadRequestException | ParameterLimitException e) {
            invocation.respondInstead(BAD_REQUEST);
        }
    }
}
