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

/** What counting a call costs, and the page that shows it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetricsBenchmark {
    /** As Prometheus sends it. */
    private static final String ACCEPT = "application/openmetrics-text;version=1.0.0,"
            + "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    private static final String[] METHODS = {"GET", "POST"};
    private static final int[] STATUSES = {200, 404, 429, 500};

    private final MetricsRegistry registry = new MetricsRegistry();
    private final RequestMetrics metrics = new RequestMetrics(registry);
    private final Exposition exposition = new Exposition(registry);

    // Not final: what never changes would be compiled into the code.
    private String method = "GET";
    private int status = 200;
    private long nanos = 1_234_567;

    /** A page has a line for each bucket of each status and method that there was. */
    @Setup
    public void countOneOfEach() {
        for (String each : METHODS) {
            for (int code : STATUSES) {
                metrics.started();
                metrics.finished(RequestMetrics.methodIndex(each), code, nanos);
            }
        }
    }

    /** A call, from one thread. */
    @Benchmark
    public void count() {
        metrics.started();
        metrics.finished(RequestMetrics.methodIndex(method), status, nanos);
    }

    /** A call, while another thread counts calls as well. */
    @Benchmark
    @Threads(2)
    public void countBesideAnother() {
        count();
    }

    /** The page of a process with eight series. */
    @Benchmark
    public Exposition.Page page() {
        return exposition.render(ACCEPT);
    }
}
