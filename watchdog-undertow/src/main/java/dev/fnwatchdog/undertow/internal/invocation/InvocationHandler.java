package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.http.GrpcContentType;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/**
 * Begins the {@link Invocation} that the handlers behind it use.
 *
 * <p>Threads: the exchange's I/O thread.
 */
public final class InvocationHandler implements HttpHandler {
    private final HttpHandler next;
    private final IoLoops loops;
    private final Timeouts timeouts;
    private final BodyTimeouts.Measure grpcMeasure;

    /** @param idleLimits whether the timeouts of bodies are limits of idle time for gRPC (specification 3.52) */
    public InvocationHandler(HttpHandler next, IoLoops loops, Timeouts timeouts, boolean idleLimits) {
        this.next = next;
        this.loops = loops;
        this.timeouts = timeouts;
        this.grpcMeasure = idleLimits ? BodyTimeouts.Measure.IDLE : BodyTimeouts.Measure.WHOLE;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        IoLoop loop = loops.of(exchange);
        if (GrpcContentType.isIn(exchange.getRequestHeaders())) {
            BodyTimeouts limits = new BodyTimeouts(loop, timeouts, grpcMeasure);
            Invocation.begin(exchange, loop, limits, Invocation.Protocol.GRPC);
        } else {
            Invocation.begin(exchange, loop, timeouts);
        }
        next.handleRequest(exchange);
    }
}
