package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.SinkFilter;
import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Logs bodies while they pass ({@code read_debug} and {@code write_debug}, specification 1.20). The handler is part of the
 * chain only where one of them is set.
 *
 * <p>Threads: the exchange's I/O thread.
 */
public final class BodyLogHandler implements HttpHandler {
    private static final Set<String> MODES = Set.of("http", "streaming", "serializing");

    private final HttpHandler next;
    private final WatchdogLog log;
    private final LogConfig config;

    private BodyLogHandler(HttpHandler next, WatchdogLog log, LogConfig config) {
        this.next = next;
        this.log = log;
        this.config = config;
    }

    /** Wraps {@code next} where bodies are to be logged; otherwise returns {@code next}. */
    public static HttpHandler wrapIfEnabled(HttpHandler next, WatchdogLog log, LogConfig config, ModeConfig mode) {
        boolean wanted = (config.requestBodies() || config.responseBodies()) && MODES.contains(mode.name());
        return wanted ? new BodyLogHandler(next, log, config) : next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Invocation invocation = Invocation.of(exchange);
        if (config.requestBodies() && !exchange.isRequestComplete()) {
            BodyLog body = new BodyLog(log, "Request body", config.bufferSize());
            exchange.addRequestWrapper((factory, ex) -> logging(factory.create(), body));
            invocation.atEnd(body::end);
        }
        if (config.responseBodies()) {
            BodyLog body = new BodyLog(log, "Response body", config.bufferSize());
            exchange.addResponseWrapper((factory, ex) -> logging(factory.create(), body));
            invocation.atEnd(body::end);
        }
        next.handleRequest(exchange);
    }

    private static SourceFilter logging(StreamSourceConduit source, BodyLog body) {
        return new SourceFilter(source) {
            @Override
            public int read(ByteBuffer dst) throws IOException {
                int from = dst.position();
                int count = next.read(dst);
                body.add(dst, from, dst.position());
                if (count < 0) {
                    body.end();
                }
                return count;
            }
        };
    }

    private static SinkFilter logging(StreamSinkConduit sink, BodyLog body) {
        return new SinkFilter(sink) {
            @Override
            public int write(ByteBuffer src) throws IOException {
                int from = src.position();
                int count = next.write(src);
                body.add(src, from, src.position());
                return count;
            }

            @Override
            public void terminateWrites() throws IOException {
                body.end();
                next.terminateWrites();
            }
        };
    }
}
