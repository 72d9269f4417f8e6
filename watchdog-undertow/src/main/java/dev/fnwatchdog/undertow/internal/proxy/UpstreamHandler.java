package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.undertow.internal.handler.BodyBufferHandler;
import dev.fnwatchdog.undertow.internal.handler.FailureHandler;
import dev.fnwatchdog.undertow.internal.http.UpgradeProtocols;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoLocal;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import dev.fnwatchdog.undertow.internal.tls.TlsClient;
import dev.fnwatchdog.undertow.internal.tls.Transport;
import io.undertow.client.ClientConnection;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.server.handlers.ResponseCodeHandler;
import io.undertow.server.handlers.proxy.ProxyCallback;
import io.undertow.server.handlers.proxy.ProxyClient;
import io.undertow.server.handlers.proxy.ProxyConnection;
import io.undertow.server.handlers.proxy.ProxyHandler;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.xnio.XnioIoThread;

/**
 * http mode: forwards requests to the function's own server (specification 3). Undertow's {@link ProxyHandler} drives each of
 * them, over an {@link UpstreamExchange}; this class adds the deadline.
 *
 * <p>Threads: the exchange's I/O thread; nothing blocks.
 */
@IoThread
final class UpstreamHandler implements HttpHandler, ProxyClient {
    private static final ProxyTarget TARGET = new ProxyTarget() {};
    private static final CannedResponse NOT_ALLOWED = CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED);

    private final UpstreamErrors errors;
    private final Duration execTimeout;
    private final IoLocal<UpstreamPool> pools;
    private final IoLocal<Http2UpstreamPool> http2Pools;
    private final boolean http2;
    private final HttpHandler forward;

    /** @param openConnections counts the open upstream connections, for the metrics (specification 2.16) */
    UpstreamHandler(
            UpstreamAddress address,
            ModeConfig.Http mode,
            ModeContext context,
            LongAdder openConnections,
            StartupWaitHandler.Startup startup) {
        this.errors = new UpstreamErrors(address, context.log(), context.registry());
        this.execTimeout = context.config().timeouts().exec();
        Transport transport = TlsClient.transportTo(
                mode.upstream(), context.environment(), ThreadRefusedException.checked(context.worker()));
        this.pools = new IoLocal<>(
                context.worker(),
                thread -> new UpstreamPool(thread, address, transport, context.buffers(), openConnections));
        this.http2 = mode.upstream().getScheme().equals("h2c");
        this.http2Pools = new IoLocal<>(
                context.worker(),
                thread -> new Http2UpstreamPool(
                        thread,
                        new Http2UpstreamPool.Resources(
                                pools.of(thread),
                                context.buffers(),
                                context.bodies(),
                                openConnections,
                                System::nanoTime)));
        HttpHandler proxy = ProxyHandler.builder()
                .setProxyClient(this)
                .setMaxRequestTime(-1)
                .setMaxConnectionRetries(0)
                .setNext(ResponseCodeHandler.HANDLE_500)
                .build();
        HttpHandler forwarding = mode.bufferRequestBody()
                ? new HttpContinueReadHandler(new BodyBufferHandler(withoutTrailers(proxy), context.bodies()))
                : proxy;
        // Within the deadline, and before anything asks for the body or reads it.
        this.forward = new StartupWaitHandler(
                forwarding,
                new FailureHandler(forwarding, context.log()),
                startup,
                (invocation, reason) -> errors.failed(invocation, UpstreamErrors.Kind.CONNECT, reason));
    }

    /** A body of known length has no trailers over HTTP/1.1, and so over no other version (specification 3.19). */
    private static HttpHandler withoutTrailers(HttpHandler next) {
        return exchange -> {
            exchange.removeAttachment(HttpAttachments.REQUEST_TRAILERS);
            next.handleRequest(exchange);
        };
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.getRequestMethod().equals(Methods.CONNECT)) {
            NOT_ALLOWED.send(exchange);
            return;
        }
        // ProxyHandler removes the whole field where h2c is its first protocol.
        UpgradeProtocols.keepOnlyRequested(exchange);
        Invocation invocation = Invocation.of(exchange);
        Duration limit = RequestTimeout.effective(
                execTimeout, exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        invocation.setTimeout(limit, () -> errors.timedOut(invocation, limit));
        forward.handleRequest(exchange);
    }

    @Override
    public ProxyTarget findTarget(HttpServerExchange exchange) {
        return TARGET;
    }

    /** Gives each request a client connection of its own, which is connected when the request is sent. */
    @Override
    public void getConnection(
            ProxyTarget target,
            HttpServerExchange exchange,
            ProxyCallback<ProxyConnection> callback,
            long timeout,
            TimeUnit timeUnit) {
        Invocation invocation = Invocation.of(exchange);
        if (!invocation.stopped()) {
            callback.completed(exchange, new ProxyConnection(exchangeFor(invocation, errors), ""));
        }
    }

    /** Returns a client connection for a request of the watchdog itself, as {@code UpstreamClient} has it. */
    ClientConnection connect(HttpServerExchange exchange, Consumer<String> failure) {
        return exchangeFor(Invocation.of(exchange), errors.reportingTo(failure));
    }

    private UpstreamExchange exchangeFor(Invocation invocation, UpstreamErrors failures) {
        XnioIoThread thread = invocation.loop().thread();
        return http2
                ? new Http2UpstreamExchange(invocation, http2Pools.of(thread), failures)
                : new Http1UpstreamExchange(invocation, pools.of(thread), failures);
    }
}
