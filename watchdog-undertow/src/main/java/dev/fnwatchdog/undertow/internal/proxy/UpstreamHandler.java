package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.undertow.internal.handler.BodyBufferHandler;
import dev.fnwatchdog.undertow.internal.handler.FailureHandler;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoLocal;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * http mode: forwards requests to the function's own server (specification 3). {@link UpstreamExchange} drives each of
 * them; this class adds the deadline, the watchdog's own responses, and the header fields of the response.
 *
 * <p>Threads: the exchange's I/O thread; nothing blocks.
 */
final class UpstreamHandler implements HttpHandler {

    private static final AttachmentKey<UpstreamExchange> UPSTREAM_EXCHANGE =
            AttachmentKey.create(UpstreamExchange.class);
    private static final CannedResponse NOT_ALLOWED = CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED);

    private final UpstreamAddress address;
    private final Duration execTimeout;
    private final IoLocal<UpstreamPool> pools;
    private final WatchdogLog log;
    private final HttpHandler forward;

    /** @param openConnections counts the open upstream connections, for the metrics (specification 2.16) */
    UpstreamHandler(
            UpstreamAddress address,
            ModeConfig.Http mode,
            ModeContext context,
            LongAdder openConnections,
            StartupWaitHandler.Startup startup) {
        this.address = address;
        this.execTimeout = context.config().timeouts().exec();
        this.pools = new IoLocal<>(
                context.worker(), thread -> new UpstreamPool(thread, address, context.buffers(), openConnections));
        this.log = context.log();
        HttpHandler forwarding = new HttpContinueReadHandler(
                mode.bufferRequestBody()
                        ? new BodyBufferHandler(UpstreamHandler::forward, context.bodies())
                        : UpstreamHandler::forward);
        // Within the deadline, and before anything asks for the body or reads it.
        this.forward = new StartupWaitHandler(forwarding, new FailureHandler(forwarding, log), startup, this::failed);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Invocation invocation = Invocation.of(exchange);
        if (exchange.getRequestMethod().equals(Methods.CONNECT)) {
            NOT_ALLOWED.send(exchange);
            return;
        }
        UpstreamExchange upstreamExchange = new UpstreamExchange(invocation, this, pools.of(exchange.getIoThread()));
        exchange.putAttachment(UPSTREAM_EXCHANGE, upstreamExchange);
        invocation.onAbort(upstreamExchange::abort);
        Duration limit = RequestTimeout.effective(
                execTimeout, exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        invocation.setTimeout(limit, () -> timedOut(invocation, limit));
        forward.handleRequest(exchange);
    }

    /**
     * Dispatches the exchange, because Undertow ends an exchange whose handler returns without having started anything.
     */
    private static void forward(HttpServerExchange exchange) {
        exchange.dispatch(SameThreadExecutor.INSTANCE, exchange.getAttachment(UPSTREAM_EXCHANGE));
    }

    UpstreamAddress address() {
        return address;
    }

    /**
     * Makes the head of the client's response from that of the function's response: without hop-by-hop fields, with the
     * duration, and with a framing that the client's version of HTTP has (specification 3.23, 3.25, 9.6).
     */
    void copyResponseHead(
            Invocation invocation, HttpServerExchange exchange, ResponseHeadParser head, ResponseFraming framing) {
        exchange.setStatusCode(head.status());
        exchange.setReasonPhrase(head.reason());
        HeaderMap from = head.headers();
        HeaderMap to = exchange.getResponseHeaders();
        HopByHopHeaders.copyEndToEnd(from, to);
        String protocol = head.status() == StatusCodes.SWITCHING_PROTOCOLS ? from.getFirst(Headers.UPGRADE) : null;
        if (protocol != null) {
            to.put(Headers.UPGRADE, protocol);
        }
        to.put(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos()));
        frame(exchange, to, head.status(), framing);
    }

    private static void frame(HttpServerExchange exchange, HeaderMap headers, int status, ResponseFraming framing) {
        switch (framing.kind()) {
            case CHUNKED, UNTIL_CLOSE -> {
                headers.remove(Headers.CONTENT_LENGTH);
                if (exchange.isHttp11()) {
                    headers.put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
                }
            }
            case LENGTH -> {
                if (headers.count(Headers.CONTENT_LENGTH) > 1) {
                    headers.put(Headers.CONTENT_LENGTH, framing.length());
                }
            }
            case NONE -> {
                if (framing.length() < 0 || status == StatusCodes.NO_CONTENT) {
                    headers.remove(Headers.CONTENT_LENGTH);
                } else {
                    headers.put(Headers.CONTENT_LENGTH, framing.length());
                }
            }
        }
    }

    /** Responds in place of a function that has sent no response (specification 3.40). */
    void failed(Invocation invocation, String reason) {
        log.error("Upstream HTTP request error: the function at %s %s".formatted(address, reason));
        sendError(invocation, StatusCodes.INTERNAL_SERVER_ERROR);
    }

    private void timedOut(Invocation invocation, Duration limit) {
        log.error("Upstream HTTP request killed due to exec_timeout: " + GoDuration.format(limit));
        sendError(invocation, StatusCodes.GATEWAY_TIME_OUT);
    }

    private static void sendError(Invocation invocation, int status) {
        invocation.respondInstead(CannedResponse.of(status)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos())));
    }
}
