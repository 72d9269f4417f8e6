package dev.fnwatchdog.undertow.internal.http2.frame;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes frames to a connection's queue (RFC 9113 6).
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FrameWriter {
    private static final byte[] CLIENT_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int ERROR_CODE_LENGTH = 4;
    private static final int GOAWAY_LENGTH = 8;
    private static final int MAX_CONTROL_FRAME = 64;

    private final OutputQueue queue;
    private final ByteBufferPool buffers;
    private final FieldEncoder encoder = new FieldEncoder();
    private final ByteBuffer scratch = ByteBuffer.allocate(MAX_CONTROL_FRAME);

    public FrameWriter(OutputQueue queue, ByteBufferPool buffers) {
        this.queue = queue;
        this.buffers = buffers;
    }

    /** Writes the bytes that every client sends first (RFC 9113 3.4). */
    public void clientPreface() {
        queue.put(ByteBuffer.wrap(CLIENT_PREFACE));
    }

    /** Sets the size of the encoder's table, and the smallest one since the last call. */
    public void useTableSize(int smallest, int size) {
        encoder.useTableSize(smallest, size);
    }

    private ByteBuffer begin(int type, int flags, int stream, int length) {
        return scratch.clear()
                .put((byte) (length >> 16))
                .putShort((short) length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream);
    }

    /**
     * Writes a SETTINGS frame.
     *
     * @param settings names and values in turn
     */
    public void settings(int... settings) {
        ByteBuffer frame = begin(FrameType.SETTINGS, 0, 0, settings.length / 2 * Settings.LENGTH);
        for (int i = 0; i < settings.length; i += 2) {
            frame.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        queue.put(frame.flip());
    }

    public void acknowledgeSettings() {
        queue.put(begin(FrameType.SETTINGS, FrameType.ACK, 0, 0).flip());
    }

    public void ping(int flags, long opaque) {
        queue.put(begin(FrameType.PING, flags, 0, Long.BYTES).putLong(opaque).flip());
    }

    public void windowUpdate(int stream, int increment) {
        queue.put(begin(FrameType.WINDOW_UPDATE, 0, stream, Integer.BYTES)
                .putInt(increment)
                .flip());
    }

    public void reset(int stream, ErrorCode code) {
        queue.put(begin(FrameType.RST_STREAM, 0, stream, ERROR_CODE_LENGTH)
                .putInt(code.number())
                .flip());
    }

    public void goAway(int lastStream, ErrorCode code) {
        queue.put(begin(FrameType.GOAWAY, 0, 0, GOAWAY_LENGTH)
                .putInt(lastStream)
                .putInt(code.number())
                .flip());
    }

    /**
     * Writes a DATA frame.
     *
     * @param payload all of it, at most {@link FrameType#MAX_PAYLOAD} bytes
     */
    public void data(int stream, ByteBuffer payload) throws IOException {
        queue.put(begin(FrameType.DATA, 0, stream, payload.remaining()).flip(), payload);
    }

    /** Writes an empty DATA frame that ends the stream. */
    public void end(int stream) {
        queue.put(begin(FrameType.DATA, FrameType.END_STREAM, stream, 0).flip());
    }

    /** Writes the head of a response, interim or final; {@code endStream} is true where it ends the stream. */
    public void response(int stream, boolean endStream, int status, HeaderMap fields) {
        try (PooledByteBuffer part = buffers.allocate()) {
            encoder.encodeResponse(status, fields, part.getBuffer(), block(stream, endStream));
        }
    }

    /** Writes a request head. */
    public void request(int stream, boolean endStream, RequestPseudoFields target, HeaderMap fields) {
        try (PooledByteBuffer part = buffers.allocate()) {
            encoder.encodeRequest(target, fields, part.getBuffer(), block(stream, endStream));
        }
    }

    public void trailers(int stream, HeaderMap trailers) {
        try (PooledByteBuffer part = buffers.allocate()) {
            encoder.encode(trailers, part.getBuffer(), block(stream, true));
        }
    }

    private FieldEncoder.Sink block(int stream, boolean endStream) {
        return (part, first, last) -> {
            int type = first ? FrameType.HEADERS : FrameType.CONTINUATION;
            int flags = (first && endStream ? FrameType.END_STREAM : 0) | (last ? FrameType.END_HEADERS : 0);
            queue.put(begin(type, flags, stream, part.remaining()).flip());
            queue.put(part);
        };
    }
}
