package dev.fnwatchdog.undertow.benchmark;

import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.xnio.ChannelPipe;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;

/** A connection that Undertow serves and whose client never reads. */
final class SampleClientConnection implements AutoCloseable {
    private static final int BUFFER_SIZE = 16 * 1024;
    private static final long HEAD_MILLIS = 10_000;

    private final XnioWorker worker = IoWorker.start();
    private final ChannelPipe<StreamConnection, StreamConnection> ends = pipe(worker);
    private final ServerConnection served;

    SampleClientConnection() {
        var buffers = new DefaultByteBufferPool(true, BUFFER_SIZE);
        var connections =
                new ServedConnections(buffers, MemoryShares.forJvm(Runtime.getRuntime()), HEAD_MILLIS);
        var connection = Objects.requireNonNull(connections.add(ends.getRightSide()));
        this.served = new HttpServerConnection(connection, buffers, exchange -> {}, OptionMap.EMPTY, BUFFER_SIZE, null);
    }

    private static ChannelPipe<StreamConnection, StreamConnection> pipe(XnioWorker worker) {
        try {
            return worker.createFullDuplexPipeConnection();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a pipe", e);
        }
    }

    ServerConnection served() {
        return served;
    }

    @Override
    public void close() throws IOException {
        served.close();
        ends.getLeftSide().close();
        worker.shutdown();
    }
}
