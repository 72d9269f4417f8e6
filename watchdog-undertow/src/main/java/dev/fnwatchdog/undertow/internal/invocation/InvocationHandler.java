package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.http.GrpcContentType;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.function.Consumer;

/**
 * Begins the {@link Invocation} that the handlers behind it use.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class InvocationHandler implements HttpHandler {
    private final HttpHandler next;
    private final IoLoops loops;
    private final Timeouts timeouts;
    private final BodyTimeouts.Measure grpcMeasure;
    private final Consumer<TimeoutKind> expired;

    /**
     * Creates the handler.
     *
     * @param idleLimits whether the timeouts of bodies are limits of idle time for gRPC (specification 3.52)
     * @param expired counts the timeouts
     */
    public InvocationHandler(
            HttpHandler next, IoLoops loops, Timeouts timeouts, boolean idleLimits, Consumer<TimeoutKind> expired) {
        this.next = next;
        this.loops = loops;
        this.timeouts = timeouts;
        this.grpcMeasure = idleLimits ? BodyTimeouts.Measure.IDLE : BodyTimeouts.Measure.WHOLE;
        this.expired = expired;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        IoLoop loop = loops.of(exchange);
        boolean grpc = GrpcContentType.isIn(exchange.getRequestHeaders());
        BodyTimeouts limits =
                new BodyTimeouts(loop, timeouts, grpc ? grpcMeasure : BodyTimeouts.Measure.WHOLE, expired);
        Invocation.begin(exchange, loop, limits, grpc ? Invocation.Protocol.GRPC : Invocation.Protocol.HTTP);
        next.handleRequest(exchange);
    }
}
