package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * One connection of a client: the lowest conduit of its reading side, which notes when a request's first byte came, and
 * the number of calls in flight on it.
 *
 * <p>Threads: the connection's IO thread.
 */
final class ServedConnection extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private final StreamConnection connection;

    // Mutable state
    private boolean headBegun;
    private long nextHeadBegan;
    private long headBegan;
    // written by the IO thread alone, read by whoever drains
    private volatile int calls;
    private volatile boolean http2;

    ServedConnection(StreamConnection connection) {
        super(connection.getSourceChannel().getConduit());
        this.connection = connection;
    }

    StreamConnection connection() {
        return connection;
    }

    /** A head has been read. To be told of each, or a later one would seem to have begun with it. */
    void headRead() {
        headBegan = nextHeadBegan;
        headBegun = false;
    }

    /** The body has been read: the next byte is the first of the next head. */
    void bodyRead() {
        headBegun = false;
    }

    /** When the last head that was read had begun, as {@link System#nanoTime()}. */
    long headBegan() {
        return headBegan;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void callBegins(boolean overHttp2) {
        calls++;
        http2 = overHttp2;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void callEnds() {
        calls--;
    }

    int calls() {
        return calls;
    }

    boolean idle() {
        return calls == 0;
    }

    boolean http2() {
        return http2;
    }

    private void noteFirstByte(long count) {
        if (!headBegun && count > 0) {
            headBegun = true;
            nextHeadBegan = System.nanoTime();
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        int count = next.read(dst);
        noteFirstByte(count);
        return count;
    }

    @Override
    public long read(ByteBuffer[] dsts, int offs, int len) throws IOException {
        long count = next.read(dsts, offs, len);
        noteFirstByte(count);
        return count;
    }
}
