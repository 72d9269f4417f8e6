package dev.fnwatchdog.undertow.internal.tls;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Reads from a TLS connection as from a socket. A result of 0 means that nothing has arrived: records without data, such as
 * session tickets, are passed over. An end without {@code close_notify} is an exception, because anyone between the two peers
 * can cause it.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class TlsSource extends SourceFilter {
    /** More than fit into one buffer of the connection. */
    private static final int MOST_RECORDS_WITHOUT_DATA = 2000;

    private final TlsEngine engine;

    TlsSource(StreamSourceConduit next, TlsEngine engine) {
        super(next);
        this.engine = engine;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (!dst.hasRemaining()) {
            return 0;
        }
        int start = dst.position();
        for (int i = 0; i < MOST_RECORDS_WITHOUT_DATA; i++) {
            long before = engine.consumed();
            int count = readRecord(dst);
            if (dst.position() > start) {
                // The conduit may report 0 where the engine has something of its own to send.
                return dst.position() - start;
            }
            if (count < 0 || engine.consumed() == before) {
                return count;
            }
        }
        throw new IOException("it sends TLS records without data");
    }

    private int readRecord(ByteBuffer dst) throws IOException {
        int count;
        try {
            count = next.read(dst);
        } catch (ClosedChannelException closed) {
            SSLException failure = engine.failure();
            throw failure == null ? new IOException("the TLS connection has broken", closed) : failure;
        }
        if (count < 0 && engine.truncated()) {
            throw new EOFException("it closed the connection without a TLS close_notify");
        }
        return count;
    }
}
