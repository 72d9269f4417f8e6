package dev.fnwatchdog.core.metrics;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** The cost of counting a request, and of the metrics page. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetricsBenchmark {
    /** The label of a counter of events, as the kinds of timeouts and the reasons of exits are. */
    private enum Kind {
        ONE,
        ANOTHER
    }

    /** {@code Accept} as Prometheus sends it. */
    private static final String ACCEPT = "application/openmetrics-text;version=1.0.0,"
            + "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    private static final String[] METHODS = {"GET", "POST"};
    private static final int[] STATUSES = {200, 404, 429, 500};

    private final MetricsRegistry registry = SampleMetrics.registry();
    private final RequestMetrics metrics = new RequestMetrics(registry);
    private final LabelledCounter<Kind> events =
            registry.shared("watchdog_events_total", "events of each kind", "kind", Kind.class);
    private final Exposition exposition = new Exposition(registry);

    // Not final: the JIT compiler would treat it as a constant.
    private String method = "GET";
    private int status = 200;
    private Kind kind = Kind.ANOTHER;
    private long nanos = 1_234_567;

    /** Counts one request of each status and method: the page has lines for each bucket of each of them. */
    @Setup
    public void countOneOfEach() {
        for (String each : METHODS) {
            for (int code : STATUSES) {
                metrics.started();
                metrics.finished(each, code, nanos);
            }
        }
    }

    /** Counts a request on one thread. */
    @Benchmark
    public void count() {
        metrics.started();
        metrics.finished(method, status, nanos);
    }

    /** Counts a request while another thread counts requests too. */
    @Benchmark
    @Threads(2)
    public void countBesideAnother() {
        count();
    }

    /** Counts an event with a label: a timeout, an exit, an upstream error. */
    @Benchmark
    public void countEvent() {
        events.increment(kind);
    }

    /** Renders the page of a process with eight series. */
    @Benchmark
    public Exposition.Page page() {
        return exposition.render(ACCEPT);
    }
}
