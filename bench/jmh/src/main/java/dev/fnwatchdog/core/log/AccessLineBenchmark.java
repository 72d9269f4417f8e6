package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.LogConfig;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a call's line costs the thread that adds it; the thread that writes it runs beside it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AccessLineBenchmark {
    private static final LogConfig DEFAULTS = LogConfig.parseLeniently(Map.of());

    private final LineBuffer line = new LineBuffer(512);
    private final LogFormat text = new TextLogFormat(LogClock.system(), DEFAULTS.callId());
    private final LogFormat json = new JsonLogFormat(LogClock.system());
    private final WatchdogLog log =
            WatchdogLog.start(DEFAULTS, OutputStream.nullOutputStream(), OutputStream.nullOutputStream());

    // Not final: what never changes would be compiled into the code.
    private AccessLogEntry call =
            new AccessLogEntry("GET", "/greet?name=ada", 200, "OK", 24, 24, 1_234_567, "0b0aa9b1-5e3b", false);

    /** The line as text. */
    @Benchmark
    public int text() {
        line.clear(line.array().length);
        text.request(line, call);
        return line.size();
    }

    /** The line as JSON. */
    @Benchmark
    public int json() {
        line.clear(line.array().length);
        json.request(line, call);
        return line.size();
    }

    /** The line as text, handed to the writer. */
    @Benchmark
    public void added() {
        log.request(call);
    }

    /** Ends the writer. */
    @TearDown
    public void close() {
        log.close();
    }
}
