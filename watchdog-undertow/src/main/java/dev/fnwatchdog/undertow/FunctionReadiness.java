package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.Timeouts;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Asks the function whether it is ready, with GET on {@code ready_path} and the probe's headers, outside the limiter and
 * without a token. One such call runs at a time: probes that come meanwhile get its answer, so that a slow function is not
 * slowed down further by those who ask after it (contract 2).
 *
 * <p>Threads: the probes' IO threads.
 */
final class FunctionReadiness implements HttpHandler {
    private final HttpHandler function;
    private final String path;
    private final IoLoops loops;
    private final Timeouts timeouts;
    private final Deque<HttpServerExchange> waiting = new ArrayDeque<>();

    // Mutable state, under this object's lock as is the queue
    private boolean asking;

    FunctionReadiness(HttpHandler function, String path, IoLoops loops, Timeouts timeouts) {
        this.function = function;
        this.path = path;
        this.loops = loops;
        this.timeouts = timeouts;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (!waits(exchange)) {
            ask(exchange);
        }
    }

    private synchronized boolean waits(HttpServerExchange exchange) {
        if (asking) {
            // Dispatched, since Undertow ends an exchange whose handler returns with nothing under way.
            exchange.dispatch(exchange.getIoThread(), () -> {});
            waiting.add(exchange);
            return true;
        }
        asking = true;
        return false;
    }

    private void ask(HttpServerExchange exchange) throws Exception {
        Call call = Call.begin(exchange, loops.of(exchange), timeouts);
        HttpString method = exchange.getRequestMethod();
        exchange.addResponseWrapper((factory, probe) -> {
            // Only the function was to be asked with GET: the probe gets a body, or none, as it asked for.
            probe.setRequestMethod(method);
            return factory.create();
        });
        CapturedAnswer captured = new CapturedAnswer(exchange);
        exchange.addResponseWrapper(captured);
        call.atEnd(() -> answered(captured));
        exchange.setRequestMethod(Methods.GET);
        exchange.setRequestURI(path, false);
        exchange.setQueryString("");
        if (exchange.isRequestComplete()) {
            exchange.getRequestHeaders().remove(Headers.CONTENT_LENGTH);
        }
        function.handleRequest(exchange);
    }

    private void answered(CapturedAnswer captured) {
        List<HttpServerExchange> all;
        synchronized (this) {
            if (!captured.whole() && !waiting.isEmpty()) {
                // The asking probe has left before its answer was there: the next one asks.
                HttpServerExchange next = waiting.poll();
                next.getIoThread().execute(() -> askAgain(next));
                return;
            }
            asking = false;
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        Answer answer = captured.answer();
        all.forEach(probe -> probe.getIoThread().execute(() -> answer.send(probe)));
    }

    private void askAgain(HttpServerExchange next) {
        try {
            ask(next);
        } catch (Exception e) {
            Call.of(next).answerInstead(Answer.of(StatusCodes.INTERNAL_SERVER_ERROR));
        }
    }
}
