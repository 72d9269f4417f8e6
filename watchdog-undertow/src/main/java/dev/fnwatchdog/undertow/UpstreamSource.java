package dev.fnwatchdog.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.protocol.http.HttpAttachments;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The body of a function's response, without its framing: first what came with the head, then what the connection has.
 * When the body ends the connection is given back, before its last piece is handed on.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class UpstreamSource implements StreamSourceConduit {
    private static final int END = -1;

    private final UpstreamCall call;
    private final IoLoop loop;

    // Mutable state
    private @Nullable Upstream upstream;
    private @Nullable PooledByteBuffer pushedBack;
    private @Nullable ChunkDecoder chunks;
    private @Nullable ReadReadyHandler ready;
    private BodyFraming framing = new BodyFraming(BodyFraming.Kind.NONE, 0, false);
    private long remaining;
    private boolean ended;
    private boolean aborted;
    private boolean resumed;

    UpstreamSource(UpstreamCall call, IoLoop loop) {
        this.call = call;
        this.loop = loop;
    }

    /**
     * The head has been read.
     *
     * @param rest what came behind it, to be closed when read; nothing where there is none
     */
    void begin(Upstream connection, BodyFraming bodyFraming, @Nullable PooledByteBuffer rest) {
        upstream = connection;
        framing = bodyFraming;
        remaining = bodyFraming.length();
        pushedBack = rest;
        if (bodyFraming.kind() == BodyFraming.Kind.CHUNKED) {
            chunks = new ChunkDecoder(loop.headerLines(), ChunkDecoder.RESPONSE_TRAILERS);
        } else if (bodyFraming.kind() == BodyFraming.Kind.NONE
                || (bodyFraming.kind() == BodyFraming.Kind.LENGTH && remaining == 0)) {
            end();
        }
    }

    /** There is no body: the bytes that follow are a tunnel's. */
    void beginTunnel() {
        ended = true;
    }

    /** Whether the whole body has been read. */
    boolean ended() {
        return ended;
    }

    /** The connection has something to read, or has ended. */
    void readable() {
        if (resumed && ready != null) {
            ready.readReady();
        } else if (upstream != null) {
            upstream.source().suspendReads();
        }
    }

    /** The call is over. Whoever reads on is told so, and frees his buffer. */
    void abort() {
        if (ended || aborted) {
            return;
        }
        aborted = true;
        upstream = null;
        freePushedBack();
        if (ready != null && resumed) {
            ready.readReady();
        }
    }

    private void freePushedBack() {
        if (pushedBack != null) {
            pushedBack.close();
            pushedBack = null;
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (ended) {
            return END;
        }
        if (upstream == null) {
            throw new ClosedChannelException();
        }
        if (!dst.hasRemaining()) {
            return 0;
        }
        try {
            return readBody(upstream, dst);
        } catch (IOException broken) {
            // The client is to see of the response what there was of it.
            call.flushHead();
            throw broken;
        }
    }

    private int readBody(Upstream connection, ByteBuffer dst) throws IOException {
        return switch (framing.kind()) {
            case LENGTH -> readLength(connection, dst);
            case CHUNKED -> readChunked(connection, dst);
            case UNTIL_CLOSE -> readUntilClose(connection, dst);
            case NONE -> END;
        };
    }

    private int readLength(Upstream connection, ByteBuffer dst) throws IOException {
        int limit = dst.limit();
        dst.limit((int) Math.min(limit, dst.position() + remaining));
        int count;
        try {
            count = readRaw(connection, dst);
        } finally {
            dst.limit(limit);
        }
        if (count < 0) {
            throw new EOFException("the function ended its response before its length");
        }
        remaining -= count;
        if (remaining == 0) {
            end();
        }
        return count;
    }

    private int readChunked(Upstream connection, ByteBuffer dst) throws IOException {
        ChunkDecoder decoder = chunks();
        while (true) {
            int from = dst.position();
            int raw = readRaw(connection, dst);
            if (raw < 0) {
                throw new EOFException("the function ended its response before its last chunk");
            }
            int behind = dst.position();
            int read = decoder.decode(dst, from);
            int data = dst.position() - from;
            if (decoder.done()) {
                endChunked(decoder, read < behind);
                return data > 0 ? data : END;
            }
            if (data > 0 || raw == 0) {
                return data;
            }
        }
    }

    private ChunkDecoder chunks() {
        if (chunks == null) {
            throw new IllegalStateException("the body is not chunked");
        }
        return chunks;
    }

    private void endChunked(ChunkDecoder decoder, boolean more) {
        if (decoder.trailers().size() > 0) {
            call.putAttachment(HttpAttachments.REQUEST_TRAILERS, decoder.trailers());
        }
        if (more) {
            framing = new BodyFraming(framing.kind(), framing.length(), false);
        }
        end();
    }

    private int readUntilClose(Upstream connection, ByteBuffer dst) throws IOException {
        int count = readRaw(connection, dst);
        if (count < 0) {
            end();
        }
        return count;
    }

    private int readRaw(Upstream connection, ByteBuffer dst) throws IOException {
        if (pushedBack == null) {
            return connection.source().read(dst);
        }
        ByteBuffer rest = pushedBack.getBuffer();
        int count = Math.min(rest.remaining(), dst.remaining());
        int limit = rest.limit();
        rest.limit(rest.position() + count);
        dst.put(rest);
        rest.limit(limit);
        if (!rest.hasRemaining()) {
            freePushedBack();
        }
        return count;
    }

    /** Bytes behind the end are nobody's: a connection that has them is not used again. */
    private void end() {
        ended = true;
        boolean reusable = framing.reusable() && pushedBack == null;
        freePushedBack();
        call.responseReceived(reusable);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offs, int len) throws IOException {
        for (int i = offs; i < offs + len; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    @Override
    public void resumeReads() {
        listen();
        if (aborted || pushedBack != null) {
            loop.thread().execute(this::tellReader);
        }
    }

    /** The reader wants to know of what arrives; what was pushed back is followed by more. */
    private void listen() {
        resumed = true;
        if (upstream != null) {
            upstream.source().resumeReads();
        }
    }

    @Override
    public void suspendReads() {
        resumed = false;
        if (upstream != null && !ended) {
            upstream.source().suspendReads();
        }
    }

    @Override
    public void wakeupReads() {
        listen();
        tellReader();
    }

    private void tellReader() {
        if (resumed && ready != null) {
            ready.readReady();
        }
    }

    @Override
    public boolean isReadResumed() {
        return resumed;
    }

    @Override
    public void terminateReads() {
        if (!ended) {
            call.abort();
        }
    }

    @Override
    public boolean isReadShutdown() {
        return ended || aborted;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return Conduits.transfer(this, count, throughBuffer, target);
    }

    @Override
    public void awaitReadable() {
        throw new UnsupportedOperationException("the IO thread never waits");
    }

    @Override
    public void awaitReadable(long time, TimeUnit timeUnit) {
        throw new UnsupportedOperationException("the IO thread never waits");
    }

    @Override
    public XnioIoThread getReadThread() {
        return loop.thread();
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler handler) {
        ready = handler;
    }

    @Override
    public XnioWorker getWorker() {
        return loop.thread().getWorker();
    }
}
