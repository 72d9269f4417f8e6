package dev.fnwatchdog.undertow.internal.devpage;

import dev.fnwatchdog.core.request.TraceParent;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * Remembers each request when it has ended (specification 13.2).
 *
 * <p>Threads: the exchange's I/O thread.
 */
record RequestRecorder(HttpHandler next, RecentRequests requests, Clock clock) implements HttpHandler {
    private static final HttpString TRACE_PARENT = new HttpString("traceparent");

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Instant begin = clock.instant();
        Invocation invocation = Invocation.of(exchange);
        invocation.atEnd(() -> requests.add(recorded(exchange, begin, invocation)));
        next.handleRequest(exchange);
    }

    private static RecordedRequest recorded(HttpServerExchange exchange, Instant begin, Invocation invocation) {
        HeaderValues trace = exchange.getRequestHeaders().get(TRACE_PARENT);
        return new RecordedRequest(
                begin,
                exchange.getRequestMethod().toString(),
                RequestTarget.path(exchange),
                invocation.status(),
                invocation.elapsedNanos(),
                TraceParent.of(trace == null ? List.of() : List.copyOf(trace)).traceId());
    }
}
