package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.connection.RequestHeadScanner;
import dev.fnwatchdog.undertow.internal.connection.SampleClientConnection;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.URI;
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
import org.openjdk.jmh.annotations.TearDown;

/** The cost of a request head, without Undertow's parser. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestHeadBenchmark {
    private final RequestHeadScanner scan = new RequestHeadScanner();
    private final UpstreamAddress function =
            new UpstreamAddress(URI.create("http://127.0.0.1:3000"), HostLookup.Source.ofSystem(Runnable::run));
    private final SampleClientConnection connection = new SampleClientConnection();

    @Param
    private SampleRequestHead from = SampleRequestHead.WRK;

    private ByteBuffer sent = SocketBytes.of(from.text());
    private ByteBuffer bytes = SocketBytes.of(from.text());
    private HttpServerExchange exchange = new ReceivedRequest(from).exchange(connection.served());

    /** Reads the head that the parameter selects. */
    @Setup
    public void read() {
        sent = SocketBytes.of(from.text()).flip();
        bytes = SocketBytes.of(from.text());
        exchange = new ReceivedRequest(from).exchange(connection.served());
    }

    /** Copies a head as if it arrived in one piece, because the scan changes it, and scans it. */
    @Benchmark
    public int scan() {
        scan.begin();
        bytes.clear();
        bytes.put(0, sent, 0, sent.limit()).position(sent.limit());
        scan.read(bytes, 0);
        return scan.length();
    }

    /** Writes the head that is sent to the function. */
    @Benchmark
    public ByteBuffer write() {
        return RequestHeadWriter.write(exchange, function, false, false);
    }

    /** Ends the threads of the connection. */
    @TearDown
    public void close() throws IOException {
        connection.close();
    }
}
