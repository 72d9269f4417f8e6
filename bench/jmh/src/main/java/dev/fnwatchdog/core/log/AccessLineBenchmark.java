package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.LogConfig;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The cost of a request's log line for the thread that adds it; the writer thread runs at the same time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AccessLineBenchmark {
    private static final LogConfig DEFAULTS = LogConfig.parseLeniently(Map.of());

    private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

    private final LineBuffer line = new LineBuffer(512);
    private final LogFormat text = new TextLogFormat(new TextLogFormat.Timestamp(LogClock.system()), DEFAULTS);
    private final LogFormat json = new JsonLogFormat(LogClock.system(), DEFAULTS);
    private final WatchdogLog log =
            WatchdogLog.start(DEFAULTS, OutputStream.nullOutputStream(), OutputStream.nullOutputStream());

    // Not final: the JIT compiler would treat them as constants.
    private long bytes = 10_240;
    private AccessLogEntry call =
            new AccessLogEntry("GET", "/greet?name=ada", 200, "OK", 24, 24, 1_234_567, "0b0aa9b1-5e3b", false);

    /** Formats the line as text. */
    @Benchmark
    public int text() {
        line.clear(line.array().length);
        text.request(line, call);
        return line.size();
    }

    /** Formats the line as JSON. */
    @Benchmark
    public int json() {
        line.clear(line.array().length);
        json.request(line, call);
        return line.size();
    }

    /** Formats the line as text and hands it to the writer thread. */
    @Benchmark
    public void added() {
        log.request(call);
    }

    /** Formats the size of a response. */
    @Benchmark
    public int size() {
        line.clear(line.array().length);
        HumanSize.append(line, bytes);
        return line.size();
    }

    /** The same in the plain way. */
    @Benchmark
    public int plainSize() {
        line.clear(line.array().length);
        BigDecimal kilobytes = new BigDecimal(bytes / 1000.0).round(FOUR_DIGITS);
        line.ascii(kilobytes.stripTrailingZeros().toPlainString()).ascii("kB");
        return line.size();
    }

    /** Ends the writer thread. */
    @TearDown
    public void close() {
        log.close();
    }
}
