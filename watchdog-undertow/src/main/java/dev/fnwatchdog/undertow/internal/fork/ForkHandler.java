package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.core.request.UnusableRequestException;
import dev.fnwatchdog.undertow.internal.http.UpgradeProtocols;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Serves each request with a process of its own (specification 4.1).
 *
 * <p>Threads: the exchange's I/O thread; nothing blocks.
 */
@IoThread
record ForkHandler(ForkContext forks, RequestVariables variables, ForkCalls calls) implements HttpHandler {
    private static final CannedResponse NOT_ALLOWED = CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED);

    /** Begins the invocations of one mode. */
    interface ForkCalls {
        /**
         * Begins an invocation.
         *
         * @param variables environment variables of the process, in addition to the watchdog's own
         * @param limit the timeout, counted from the request's head; zero: no timeout
         */
        void begin(Invocation invocation, Map<String, String> variables, Duration limit) throws IOException;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (exchange.getRequestMethod().equals(Methods.CONNECT)) {
            NOT_ALLOWED.send(exchange);
            return;
        }
        // A gateway that passes on an upgrade to HTTP/2 could be bypassed through a tunnel (specification 9.2).
        UpgradeProtocols.keepOnlyRequested(exchange);
        Map<String, String> requestVariables;
        try {
            requestVariables = variables.of(exchange);
        } catch (UnusableRequestException e) {
            ForkResponses.unusable(e).send(exchange);
            return;
        }
        Duration limit = RequestTimeout.effective(
                forks.execTimeout(), exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        // While a handler runs, Undertow defers operations on the exchange's channels.
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> begin(Invocation.of(exchange), requestVariables, limit));
    }

    private void begin(Invocation invocation, Map<String, String> requestVariables, Duration limit) {
        try {
            calls.begin(invocation, requestVariables, limit);
        } catch (IOException noDescriptors) {
            invocation.respondInstead(ForkResponses.notStarted(forks, ForkResponses.cannotStart(forks, noDescriptors)));
        }
    }
}
