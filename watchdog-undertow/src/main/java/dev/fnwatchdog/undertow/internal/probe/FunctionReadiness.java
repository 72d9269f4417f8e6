package dev.fnwatchdog.undertow.internal.probe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests {@code ready_path} from the function, with GET and the probe's header fields (specification 2.4, 2.5). The request
 * bypasses the limiter and needs no token. Only one runs at a time; probes that arrive meanwhile get its response, so they do
 * not slow down a slow function further.
 *
 * <p>Threads: the probes' I/O threads.
 */
public final class FunctionReadiness implements HttpHandler {
    private final HttpHandler function;
    private final String path;
    private final IoLoops loops;
    private final Timeouts timeouts;

    // Mutable state, under this object's lock: the probes that wait for the running request; null: there is none to
    // wait for
    @GuardedBy("this")
    private @Nullable List<HttpServerExchange> waiting;

    public FunctionReadiness(HttpHandler function, String path, IoLoops loops, Timeouts timeouts) {
        this.function = function;
        this.path = path;
        this.loops = loops;
        this.timeouts = timeouts;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        List<HttpServerExchange> others = new ArrayList<>();
        synchronized (this) {
            if (waiting != null) {
                // Dispatched, because Undertow ends an exchange whose handler returns with nothing pending.
                exchange.dispatch(exchange.getIoThread(), () -> {});
                waiting.add(exchange);
                return;
            }
            waiting = others;
        }
        Invocation invocation = Invocation.begin(exchange, loops.of(exchange), timeouts);
        FunctionTarget.set(exchange, path);
        CapturedResponse captured = new CapturedResponse(exchange);
        exchange.addResponseWrapper(captured);
        // Before the response is complete: a client that probes again at once must cause a request of its own, and
        // not get the response that it already has.
        invocation.beforeLastByte(this::close);
        invocation.atEnd(() -> respond(others, captured));
        function.handleRequest(exchange);
    }

    /** Lets the next probe cause a request. */
    private synchronized void close() {
        waiting = null;
    }

    /** Responds to the probes that have waited; where their request was aborted with the probe that caused it, they start again. */
    private void respond(List<HttpServerExchange> probes, CapturedResponse captured) {
        HttpHandler next = captured.isComplete() ? captured.toResponse()::send : this;
        for (HttpServerExchange probe : probes) {
            probe.getIoThread().execute(() -> {
                // One whose stream was reset while it waited is complete.
                if (!probe.isComplete()) {
                    Connectors.executeRootHandler(next, probe);
                }
            });
        }
    }
}
