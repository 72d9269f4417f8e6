package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.log.AccessLogEntry;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.request.TraceParent;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Logs one line for each request when it has ended (specification 6.4). Requests of {@code kube-probe} are not logged.
 *
 * <p>Threads: the exchange's I/O thread; the log never blocks.
 *
 * @param http whether the function speaks HTTP: the line then has the reason phrase and length of its response
 */
public record AccessLogHandler(HttpHandler next, WatchdogLog log, boolean http) implements HttpHandler {
    private static final HttpString CALL_ID = new HttpString("X-Call-Id");
    private static final HttpString TRACE_PARENT = new HttpString("traceparent");
    private static final String PROBE_AGENT = "kube-probe";
    private static final String CLIENT_CLOSED_REQUEST = "Client Closed Request";

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        String agent = exchange.getRequestHeaders().getFirst(Headers.USER_AGENT);
        if (agent == null || !agent.startsWith(PROBE_AGENT)) {
            Invocation invocation = Invocation.of(exchange);
            // Now, because a connection that has ended has no address any more.
            AccessLogEntry.Caller caller =
                    log.describesCallers() ? caller(exchange, agent) : AccessLogEntry.Caller.UNKNOWN;
            invocation.atEnd(() -> log.request(entry(invocation, caller)));
        }
        next.handleRequest(exchange);
    }

    private static AccessLogEntry.Caller caller(HttpServerExchange exchange, @Nullable String agent) {
        HeaderValues given = exchange.getRequestHeaders().get(TRACE_PARENT);
        TraceParent trace = TraceParent.of(given == null ? List.of() : List.copyOf(given));
        InetSocketAddress peer = exchange.getSourceAddress();
        InetAddress address = peer == null ? null : peer.getAddress();
        return new AccessLogEntry.Caller(
                trace.traceId(),
                trace.spanId(),
                agent == null ? "" : agent,
                address == null ? "" : address.getHostAddress());
    }

    private AccessLogEntry entry(Invocation invocation, AccessLogEntry.Caller caller) {
        HttpServerExchange exchange = invocation.exchange();
        int status = invocation.status();
        long sent = exchange.getRequestMethod().equals(Methods.HEAD) ? 0 : exchange.getResponseBytesSent();
        String callId = exchange.getRequestHeaders().getFirst(CALL_ID);
        return new AccessLogEntry(
                exchange.getRequestMethod().toString(),
                RequestTarget.of(exchange),
                status,
                http ? reason(exchange, status) : "",
                http ? exchange.getResponseContentLength() : sent,
                sent,
                invocation.elapsedNanos(),
                callId == null ? "" : callId,
                invocation.accessDenied(),
                caller);
    }

    private static String reason(HttpServerExchange exchange, int status) {
        if (status == Invocation.CLIENT_CLOSED_REQUEST) {
            return CLIENT_CLOSED_REQUEST;
        }
        String reason = exchange.getReasonPhrase();
        return reason == null ? StatusCodes.getReason(status) : reason;
    }
}
