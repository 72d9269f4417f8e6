package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Detects the protocol of a new connection from its first bytes: HTTP/2 by prior knowledge begins with a preface that
 * no request of HTTP/1 begins with (RFC 9113, 3.4; specification 9.1). Undertow's own detection hides the connection
 * object, without which the connection cannot be closed gracefully.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class ProtocolDetector implements ChannelListener<ConduitStreamSourceChannel> {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    static final int PREFACE_LENGTH = PREFACE.length;

    /** Serves a connection from here on, with what has been read of it in a buffer whose position is 0. */
    interface ProtocolHandler {
        void handle(ServedConnection connection, PooledByteBuffer first);
    }

    private final ServedConnection connection;
    private final ByteBufferPool buffers;
    private final ProtocolHandler http1;
    private final ProtocolHandler http2;
    private final long limitMillis;

    // Mutable state
    private int matched;
    private XnioExecutor.@Nullable Key timer;

    /** @param limitMillis how long a client may take from its first byte to the one that determines the protocol */
    ProtocolDetector(
            ServedConnection connection,
            ByteBufferPool buffers,
            ProtocolHandler http1,
            ProtocolHandler http2,
            long limitMillis) {
        this.connection = connection;
        this.buffers = buffers;
        this.http1 = http1;
        this.http2 = http2;
        this.limitMillis = limitMillis;
    }

    void start() {
        ConduitStreamSourceChannel source = connection.getSourceChannel();
        source.setReadListener(this);
        handleEvent(source);
        if (source.getReadListener() == this) {
            if (timer == null) {
                startTimer(Listener.IDLE_MILLIS);
            }
            source.resumeReads();
        }
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel source) {
        PooledByteBuffer pooled = buffers.allocate();
        // What arrived before was the beginning of the preface. No buffer is kept for it, because thousands of clients
        // may be in this state.
        ByteBuffer buffer = pooled.getBuffer().put(PREFACE, 0, matched);
        try {
            if (source.read(buffer) < 0) {
                pooled.close();
                close();
                return;
            }
        } catch (IOException disconnected) {
            pooled.close();
            close();
            return;
        }
        if (buffer.position() > 0 && !beginsLikePreface(buffer)) {
            handOver(source, http1, pooled);
        } else if (buffer.position() >= PREFACE.length) {
            handOver(source, http2, pooled);
        } else {
            awaitMore(buffer.position());
            pooled.close();
        }
    }

    private void awaitMore(int bytes) {
        if (matched == 0 && bytes > 0) {
            stopTimer();
            startTimer(limitMillis);
        }
        matched = bytes;
    }

    private static boolean beginsLikePreface(ByteBuffer buffer) {
        int length = Math.min(buffer.position(), PREFACE.length);
        for (int i = 0; i < length; i++) {
            if (buffer.get(i) != PREFACE[i]) {
                return false;
            }
        }
        return true;
    }

    private void handOver(ConduitStreamSourceChannel source, ProtocolHandler handler, PooledByteBuffer bytes) {
        stopTimer();
        source.setReadListener(null);
        bytes.getBuffer().flip();
        handler.handle(connection, bytes);
    }

    private void startTimer(long millis) {
        timer = connection.getIoThread().executeAfter(this::close, millis, TimeUnit.MILLISECONDS);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.remove();
            timer = null;
        }
    }

    private void close() {
        stopTimer();
        connection.getSourceChannel().setReadListener(null);
        IoUtils.safeClose(connection);
    }
}
