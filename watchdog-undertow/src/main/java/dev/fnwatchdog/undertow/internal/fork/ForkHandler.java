package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.core.request.UnusableRequestException;
import dev.fnwatchdog.undertow.internal.http.UpgradeProtocols;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Serves each call with a process of its own (specification 4).
 *
 * <p>Threads: the exchange's IO thread; nothing blocks.
 */
final class ForkHandler implements HttpHandler {
    private static final CannedResponse NOT_ALLOWED = CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED);

    /** One call under way. */
    interface ForkCall {
        /**
         * Begins it.
         *
         * @param variables the process's, on top of the watchdog's own
         * @param limit the longest that it may take, counted from its head; zero: no limit
         */
        void begin(Map<String, String> variables, Duration limit) throws IOException;
    }

    /** Makes the calls of one mode. */
    interface ForkCalls {
        ForkCall of(Invocation invocation) throws IOException;
    }

    private final ForkContext forks;
    private final RequestVariables variables;
    private final ForkCalls calls;

    ForkHandler(ForkContext forks, RequestVariables variables, ForkCalls calls) {
        this.forks = forks;
        this.variables = variables;
        this.calls = calls;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (exchange.getRequestMethod().equals(Methods.CONNECT)) {
            NOT_ALLOWED.send(exchange);
            return;
        }
        // A gateway that let HTTP/2 through to the function could be tunnelled past (specification 9).
        UpgradeProtocols.keepOnlyRequested(exchange);
        Map<String, String> ofCall;
        try {
            ofCall = variables.of(exchange);
        } catch (UnusableRequestException e) {
            ForkResponses.unusable(e).send(exchange);
            return;
        }
        Duration limit = RequestTimeout.effective(
                forks.execTimeout(), exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        // Within a handler's call Undertow holds back what is asked of its channels.
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> begin(Invocation.of(exchange), ofCall, limit));
    }

    private void begin(Invocation invocation, Map<String, String> ofCall, Duration limit) {
        try {
            calls.of(invocation).begin(ofCall, limit);
        } catch (IOException noDescriptors) {
            invocation.respondInstead(ForkResponses.notStarted(forks, ForkResponses.noPipes(forks, noDescriptors)));
        }
    }
}
