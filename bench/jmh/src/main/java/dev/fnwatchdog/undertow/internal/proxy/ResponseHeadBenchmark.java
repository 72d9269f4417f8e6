package dev.fnwatchdog.undertow.internal.proxy;

import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The cost of the head of a function's response. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResponseHeadBenchmark {
    private final ResponseHeadParser parser = new ResponseHeadParser();

    @Param
    private SampleResponseHead from = SampleResponseHead.EXPRESS;

    private ByteBuffer bytes = SocketBytes.of(from.text());

    /** Reads the head that the parameter selects. */
    @Setup
    public void read() {
        bytes = SocketBytes.of(from.text());
    }

    /** Parses a head on a connection that has received others before. */
    @Benchmark
    public HeaderMap parse() throws IOException {
        parser.reset();
        if (!parser.parse(bytes.rewind())) {
            throw new IllegalStateException("a head without an end");
        }
        return parser.headers();
    }
}
