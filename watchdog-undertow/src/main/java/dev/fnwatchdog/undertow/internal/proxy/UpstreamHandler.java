package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.undertow.internal.handler.BodyBufferHandler;
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
 * http mode: forwards calls to the function's own server (contract 3). {@link UpstreamExchange} drives each; this adds the deadline,
 * the answers of the watchdog's own, and the headers of the answer.
 *
 * <p>Threads: the exchange's IO thread; nothing blocks.
 */
final class UpstreamHandler implements HttpHandler {

    private static final AttachmentKey<UpstreamExchange> CALL = AttachmentKey.create(UpstreamExchange.class);
    private static final CannedResponse NOT_ALLOWED = CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED);

    private final UpstreamAddress address;
    private final Duration execTimeout;
    private final IoLocal<UpstreamPool> pools;
    private final WatchdogLog log;
    private final HttpHandler forward;

    /** @param open counts the connections to the function, for the metrics */
    UpstreamHandler(UpstreamAddress address, ModeConfig.Http mode, ModeContext context, LongAdder open) {
        this.address = address;
        this.execTimeout = context.config().timeouts().exec();
        this.pools =
                new IoLocal<>(context.worker(), thread -> new UpstreamPool(thread, address, context.buffers(), open));
        this.log = context.log();
        this.forward = new HttpContinueReadHandler(
                mode.bufferRequestBody()
                        ? new BodyBufferHandler(UpstreamHandler::forward, context.bodies())
                        : UpstreamHandler::forward);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Invocation invocation = Invocation.of(exchange);
        if (exchange.getRequestMethod().equals(Methods.CONNECT)) {
            NOT_ALLOWED.send(exchange);
            return;
        }
        UpstreamExchange upstreamExchange = new UpstreamExchange(invocation, this, pools.of(exchange.getIoThread()));
        exchange.putAttachment(CALL, upstreamExchange);
        invocation.onAbort(upstreamExchange::abort);
        Duration limit = RequestTimeout.effective(
                execTimeout, exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        invocation.setTimeout(limit, () -> timedOut(invocation, limit));
        forward.handleRequest(exchange);
    }

    /** Dispatched, since Undertow ends an exchange whose handler returns with nothing under way. */
    private static void forward(HttpServerExchange exchange) {
        exchange.dispatch(SameThreadExecutor.INSTANCE, exchange.getAttachment(CALL));
    }

    UpstreamAddress address() {
        return address;
    }

    /** Makes the function's answer the client's: less hop-by-hop headers, plus the duration, framed as he can read. */
    void copyResponseHead(Invocation invocation, HttpServerExchange exchange, ResponseHeadParser head, ResponseFraming framing) {
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

    /** The function gave no answer: the watchdog does. */
    void failed(Invocation invocation, String reason) {
        log.error("Upstream HTTP request error: the function at %s %s".formatted(address, reason));
        answerInstead(invocation, StatusCodes.INTERNAL_SERVER_ERROR);
    }

    private void timedOut(Invocation invocation, Duration limit) {
        log.error("Upstream HTTP request killed due to exec_timeout: " + GoDuration.format(limit));
        answerInstead(invocation, StatusCodes.GATEWAY_TIME_OUT);
    }

    private static void answerInstead(Invocation invocation, int status) {
        invocation.respondInstead(CannedResponse.of(status)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos())));
    }
}
