package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.log.AccessLogEntry;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;

/**
 * Logs one line for each call, when nothing of it is left (contract 6). Probes of the kubelet's are passed over.
 *
 * <p>Threads: the exchange's IO thread; the log never blocks.
 */
public final class AccessLogHandler implements HttpHandler {
    private static final HttpString CALL_ID = new HttpString("X-Call-Id");
    private static final String PROBE_AGENT = "kube-probe";
    private static final String CLIENT_CLOSED_REQUEST = "Client Closed Request";

    private final HttpHandler next;
    private final WatchdogLog log;
    private final boolean http;

    /** @param http whether the function speaks HTTP: then its line shows its own reason and length */
    public AccessLogHandler(HttpHandler next, WatchdogLog log, boolean http) {
        this.next = next;
        this.log = log;
        this.http = http;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        String agent = exchange.getRequestHeaders().getFirst(Headers.USER_AGENT);
        if (agent == null || !agent.startsWith(PROBE_AGENT)) {
            Invocation invocation = Invocation.of(exchange);
            invocation.atEnd(() -> log.request(record(invocation)));
        }
        next.handleRequest(exchange);
    }

    private AccessLogEntry record(Invocation invocation) {
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
                invocation.accessDenied());
    }

    private static String reason(HttpServerExchange exchange, int status) {
        if (status == Invocation.CLIENT_CLOSED_REQUEST) {
            return CLIENT_CLOSED_REQUEST;
        }
        String reason = exchange.getReasonPhrase();
        return reason == null ? StatusCodes.getReason(status) : reason;
    }
}
