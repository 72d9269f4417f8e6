package dev.fnwatchdog.undertow.internal.http2.frame;

import dev.fnwatchdog.undertow.internal.io.ByteBudget;
import java.nio.ByteBuffer;

/**
 * Cuts the bytes of a connection into frames (RFC 9113, section 4), however they are split over reads. The payload of DATA is
 * passed on as it arrives; other known frames are passed on when they are complete; the payload of unknown ones is skipped.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FrameReader {
    private enum At {
        HEAD,
        PAD_LENGTH,
        DATA,
        PADDING,
        PAYLOAD,
        UNKNOWN
    }

    private final FrameHandler handler;
    private final ByteBuffer head = ByteBuffer.allocate(FrameType.HEAD_LENGTH);
    private final BudgetedBytes payload;

    // Mutable state
    private At at = At.HEAD;
    private int type;
    private int flags;
    private int stream;
    private int remaining;
    private int padding;

    public FrameReader(FrameHandler handler, ByteBudget budget) {
        this.handler = handler;
        this.payload = new BudgetedBytes(budget);
    }

    /** Whether the bytes so far end within a frame. */
    public boolean isWithinFrame() {
        return at != At.HEAD || head.position() > 0;
    }

    /** Reads all of {@code in}. */
    public void read(ByteBuffer in) throws ConnectionException {
        while (in.hasRemaining() && !handler.isClosed()) {
            switch (at) {
                case HEAD -> readHead(in);
                case PAD_LENGTH -> readPadLength(in);
                case DATA -> readData(in);
                case PADDING -> skip(in, padding);
                case PAYLOAD -> readPayload(in);
                case UNKNOWN -> skip(in, remaining);
            }
        }
    }

    private void readHead(ByteBuffer in) throws ConnectionException {
        while (in.hasRemaining() && head.hasRemaining()) {
            head.put(in.get());
        }
        if (head.hasRemaining()) {
            return;
        }
        head.flip();
        remaining = ((head.get() & 0xff) << 16) | (head.getShort() & 0xffff);
        type = head.get() & 0xff;
        flags = head.get() & 0xff;
        // The highest bit is reserved, and ignored when received (RFC 9113, section 4.1).
        stream = head.getInt() & Integer.MAX_VALUE;
        head.clear();
        if (remaining > FrameType.MAX_PAYLOAD) {
            throw new ConnectionException(ErrorCode.FRAME_SIZE_ERROR, "a frame longer than announced");
        }
        handler.frameStarted(type, flags, stream, remaining);
        begin();
    }

    private void begin() throws ConnectionException {
        padding = 0;
        if (type == FrameType.DATA) {
            boolean padded = (flags & FrameType.PADDED) != 0;
            if (padded && remaining == 0) {
                throw new ConnectionException(ErrorCode.FRAME_SIZE_ERROR, "a padded frame without a pad length");
            }
            at = padded ? At.PAD_LENGTH : At.DATA;
            endDataIfComplete();
        } else if (FrameType.isKnown(type)) {
            at = At.PAYLOAD;
            deliverIfEmpty();
        } else {
            at = remaining == 0 ? At.HEAD : At.UNKNOWN;
        }
    }

    private void readPadLength(ByteBuffer in) throws ConnectionException {
        padding = in.get() & 0xff;
        remaining -= 1 + padding;
        if (remaining < 0) {
            throw new ConnectionException(ErrorCode.PROTOCOL_ERROR, "padding longer than its frame");
        }
        at = At.DATA;
        endDataIfComplete();
    }

    private void readData(ByteBuffer in) throws ConnectionException {
        int limit = in.limit();
        int length = Math.min(remaining, in.remaining());
        in.limit(in.position() + length);
        remaining -= length;
        int end = in.limit();
        handler.data(stream, in);
        in.limit(limit).position(end);
        endDataIfComplete();
    }

    private void endDataIfComplete() throws ConnectionException {
        if (at == At.DATA && remaining == 0) {
            at = padding == 0 ? At.HEAD : At.PADDING;
            handler.dataEnded(stream, flags);
        }
    }

    private void skip(ByteBuffer in, int length) {
        int skipped = Math.min(length, in.remaining());
        in.position(in.position() + skipped);
        if (at == At.PADDING) {
            padding -= skipped;
        } else {
            remaining -= skipped;
        }
        if (skipped == length) {
            at = At.HEAD;
        }
    }

    private void deliverIfEmpty() throws ConnectionException {
        if (remaining == 0) {
            at = At.HEAD;
            handler.frame(type, flags, stream, ByteBuffer.allocate(0));
        }
    }

    /** Most frames arrive in one read, and need no copy. */
    private void readPayload(ByteBuffer in) throws ConnectionException {
        if (payload.size() == 0 && in.remaining() >= remaining) {
            int limit = in.limit();
            int end = in.position() + remaining;
            in.limit(end);
            at = At.HEAD;
            handler.frame(type, flags, stream, in);
            in.limit(limit).position(end);
            return;
        }
        int length = Math.min(remaining, in.remaining());
        payload.append(in, length);
        remaining -= length;
        if (remaining == 0) {
            at = At.HEAD;
            handler.frame(type, flags, stream, payload.view());
            payload.clear();
        }
    }

    /** Returns what it holds to the budget. */
    public void close() {
        payload.clear();
    }
}
