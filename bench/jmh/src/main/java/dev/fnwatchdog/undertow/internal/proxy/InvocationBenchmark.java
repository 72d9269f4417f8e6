package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.RequestMetrics;
import dev.fnwatchdog.core.metrics.SampleMetrics;
import dev.fnwatchdog.undertow.internal.connection.SampleClientConnection;
import dev.fnwatchdog.undertow.internal.handler.AccessLogHandler;
import dev.fnwatchdog.undertow.internal.handler.RequestMetricsHandler;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import io.undertow.server.Connectors;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The handlers of an invocation without the network. The cost of a handler is its difference from {@link #bare}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InvocationBenchmark {
    private static final HttpHandler ANSWER = exchange -> {
        exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, "24");
        // The response counts as begun from here on; nothing is written.
        exchange.getResponseChannel();
    };

    private final SampleClientConnection connection = new SampleClientConnection();
    private final IoLoop loop = new IoLoops(connection.served().getWorker(), new DefaultByteBufferPool(true, 16 * 1024))
            .of(connection.served().getIoThread());
    private final Timeouts timeouts =
            new Timeouts(Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ZERO);
    private final WatchdogLog log = WatchdogLog.start(
            LogConfig.parseLeniently(Map.of()), OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
    private final HttpHandler counting =
            new RequestMetricsHandler(ANSWER, new RequestMetrics(SampleMetrics.registry()));
    private final HttpHandler logging = new AccessLogHandler(ANSWER, log, true);

    @Param("CURL")
    private SampleRequestHead from = SampleRequestHead.CURL;

    private ReceivedRequest received = new ReceivedRequest(from);

    /** Reads the head that the parameter selects. */
    @Setup
    public void read() {
        received = new ReceivedRequest(from);
    }

    /** The exchange, its invocation and the conduits of its response. */
    @Benchmark
    public HttpServerExchange bare() throws Exception {
        return call(ANSWER);
    }

    /** With the metrics of a request. */
    @Benchmark
    public HttpServerExchange counted() throws Exception {
        return call(counting);
    }

    /** With the log line of a request. */
    @Benchmark
    public HttpServerExchange logged() throws Exception {
        return call(logging);
    }

    private HttpServerExchange call(HttpHandler handler) throws Exception {
        HttpServerExchange exchange = received.exchange(connection.served());
        Connectors.terminateRequest(exchange);
        Invocation call = Invocation.begin(exchange, loop, timeouts);
        handler.handleRequest(exchange);
        call.exchangeEvent(exchange, () -> {});
        return exchange;
    }

    /** Ends the threads of the connection and of the log. */
    @TearDown
    public void close() throws IOException {
        connection.close();
        log.close();
    }
}
