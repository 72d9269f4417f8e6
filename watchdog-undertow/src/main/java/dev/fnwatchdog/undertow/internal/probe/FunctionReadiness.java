package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Asks the function whether it is ready, with GET on {@code ready_path} and the probe's headers, outside the limiter and
 * without a token. One such call runs at a time: probes that come meanwhile get its answer, so that a slow function is not
 * slowed down further by those who ask after it (contract 2).
 *
 * <p>Threads: the probes' IO threads.
 */
public final class FunctionReadiness implements HttpHandler {
    /** One call of the function, and the probes that wait for its answer. Belongs to the lock of its maker. */
    private static final class Round {
        private final Deque<HttpServerExchange> waiting = new ArrayDeque<>();
        private boolean open = true;
    }

    private final HttpHandler function;
    private final String path;
    private final IoLoops loops;
    private final Timeouts timeouts;

    // Mutable state, under this object's lock
    private Round current = new Round();

    public FunctionReadiness(HttpHandler function, String path, IoLoops loops, Timeouts timeouts) {
        this.function = function;
        this.path = path;
        this.loops = loops;
        this.timeouts = timeouts;
        this.current.open = false;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Round round;
        synchronized (this) {
            if (current.open) {
                // Dispatched, since Undertow ends an exchange whose handler returns with nothing under way.
                exchange.dispatch(exchange.getIoThread(), () -> {});
                current.waiting.add(exchange);
                return;
            }
            round = new Round();
            current = round;
        }
        ask(exchange, round);
    }

    private void ask(HttpServerExchange exchange, Round round) throws Exception {
        Invocation invocation = Invocation.begin(exchange, loops.of(exchange), timeouts);
        HttpString method = exchange.getRequestMethod();
        exchange.addResponseWrapper((factory, probe) -> {
            // Only the function was to be asked with GET: the probe gets a body, or none, as it asked for.
            probe.setRequestMethod(method);
            return factory.create();
        });
        CapturedResponse captured = new CapturedResponse(exchange);
        exchange.addResponseWrapper(captured);
        // Who comes when the answer is out asks anew: a client that probes again at once would else be told what it
        // knows.
        invocation.beforeLastByte(() -> close(round));
        invocation.atEnd(() -> ended(round, captured));
        exchange.setRequestMethod(Methods.GET);
        exchange.setRequestURI(path, false);
        exchange.setQueryString("");
        if (exchange.isRequestComplete()) {
            exchange.getRequestHeaders().remove(Headers.CONTENT_LENGTH);
        }
        function.handleRequest(exchange);
    }

    private synchronized void close(Round round) {
        round.open = false;
    }

    private void ended(Round round, CapturedResponse captured) {
        if (!captured.isComplete()) {
            // The probe that asked has left before its answer was there.
            goOn(round);
            return;
        }
        // Nobody joins a closed round any more.
        CannedResponse answer = captured.toResponse();
        List.copyOf(round.waiting).forEach(probe -> probe.getIoThread().execute(() -> tell(probe, answer)));
    }

    private static void tell(HttpServerExchange probe, CannedResponse answer) {
        if (!probe.isComplete()) {
            answer.send(probe);
        }
    }

    /** Those who wait wait for another's answer, or one of them asks. */
    private synchronized void goOn(Round round) {
        HttpServerExchange asker = round.waiting.poll();
        if (asker == null) {
            return;
        }
        if (current.open) {
            current.waiting.add(asker);
            current.waiting.addAll(round.waiting);
            return;
        }
        Round next = new Round();
        next.waiting.addAll(round.waiting);
        current = next;
        asker.getIoThread().execute(() -> askAgain(asker, next));
    }

    private void askAgain(HttpServerExchange asker, Round round) {
        if (asker.isComplete()) {
            // Its stream has been reset while it waited: it would never end a round.
            close(round);
            goOn(round);
            return;
        }
        try {
            ask(asker, round);
        } catch (Exception e) {
            Invocation.of(asker).respondInstead(CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR));
        }
    }
}
