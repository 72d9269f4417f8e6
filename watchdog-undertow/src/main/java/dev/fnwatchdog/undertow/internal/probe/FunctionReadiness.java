package dev.fnwatchdog.undertow.internal.probe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Requests {@code ready_path} from the function, with GET and the probe's header fields (specification 2.4, 2.5). The request
 * bypasses the limiter and needs no token. Only one runs at a time; probes that arrive meanwhile get its response, so they do
 * not slow down a slow function further.
 *
 * <p>Threads: the probes' I/O threads.
 */
public final class FunctionReadiness implements HttpHandler {
    /**
     * One request to the function, and the probes that wait for its response. Guarded by the lock of the outer object.
     */
    private static final class SharedRequest {
        private final Deque<HttpServerExchange> probes = new ArrayDeque<>();
        private boolean open = true;
    }

    private final HttpHandler function;
    private final String path;
    private final IoLoops loops;
    private final Timeouts timeouts;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private SharedRequest current = new SharedRequest();

    public FunctionReadiness(HttpHandler function, String path, IoLoops loops, Timeouts timeouts) {
        this.function = function;
        this.path = path;
        this.loops = loops;
        this.timeouts = timeouts;
        this.current.open = false;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        SharedRequest shared;
        synchronized (this) {
            if (current.open) {
                // Dispatched, because Undertow ends an exchange whose handler returns with nothing pending.
                exchange.dispatch(exchange.getIoThread(), () -> {});
                current.probes.add(exchange);
                return;
            }
            shared = new SharedRequest();
            current = shared;
        }
        requestFunction(exchange, shared);
    }

    private void requestFunction(HttpServerExchange exchange, SharedRequest shared) throws Exception {
        Invocation invocation = Invocation.begin(exchange, loops.of(exchange), timeouts);
        FunctionTarget.set(exchange, path);
        CapturedResponse captured = new CapturedResponse(exchange);
        exchange.addResponseWrapper(captured);
        // Close it before the response is complete: a client that probes again at once must cause a request of its own,
        // and not get the response that it already has.
        invocation.beforeLastByte(() -> close(shared));
        invocation.atEnd(() -> requestEnded(shared, captured));
        function.handleRequest(exchange);
    }

    private synchronized void close(SharedRequest shared) {
        shared.open = false;
    }

    private void requestEnded(SharedRequest shared, CapturedResponse captured) {
        if (!captured.isComplete()) {
            // The probe that caused the request has disconnected before the response.
            continueWithNext(shared);
            return;
        }
        // No probe joins a closed request any more.
        CannedResponse response = captured.toResponse();
        List.copyOf(shared.probes).forEach(probe -> probe.getIoThread().execute(() -> respond(probe, response)));
    }

    private static void respond(HttpServerExchange probe, CannedResponse response) {
        if (!probe.isComplete()) {
            response.send(probe);
        }
    }

    /** Joins the waiting probes to another request, or lets one of them cause the next. */
    private synchronized void continueWithNext(SharedRequest shared) {
        HttpServerExchange waitingProbe = shared.probes.poll();
        if (waitingProbe == null) {
            return;
        }
        if (current.open) {
            current.probes.add(waitingProbe);
            current.probes.addAll(shared.probes);
            return;
        }
        SharedRequest next = new SharedRequest();
        next.probes.addAll(shared.probes);
        current = next;
        waitingProbe.getIoThread().execute(() -> retry(waitingProbe, next));
    }

    private void retry(HttpServerExchange waitingProbe, SharedRequest shared) {
        if (waitingProbe.isComplete()) {
            // Its stream was reset while it waited, so it cannot complete a request.
            close(shared);
            continueWithNext(shared);
            return;
        }
        try {
            requestFunction(waitingProbe, shared);
        } catch (Exception e) {
            Invocation.of(waitingProbe).respondInstead(CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR));
        }
    }
}
