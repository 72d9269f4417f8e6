package dev.fnwatchdog.undertow.internal.http2.frame;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import java.nio.ByteBuffer;

/**
 * Splits the bytes of a connection into frames (RFC 9113 4), however they are distributed over reads. The payload of DATA is
 * passed on as it arrives, other known frames when they are complete; the payload of unknown frames is skipped.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FrameReader {
    private enum State {
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
    private State state = State.HEAD;
    private int type;
    private int flags;
    private int stream;
    private int remaining;
    private int padding;

    public FrameReader(FrameHandler handler, MemoryBudget budget) {
        this.handler = handler;
        this.payload = new BudgetedBytes(budget);
    }

    /** Returns whether the bytes so far end within a frame. */
    public boolean isWithinFrame() {
        return state != State.HEAD || head.position() > 0;
    }

    /** Reads all of {@code in}. */
    public void read(ByteBuffer in) throws ConnectionException {
        while (in.hasRemaining() && !handler.isClosed()) {
            switch (state) {
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
        // The highest bit is reserved, and ignored when received (RFC 9113 4.1).
        stream = head.getInt() & Integer.MAX_VALUE;
        head.clear();
        require(remaining <= FrameType.MAX_PAYLOAD, ErrorCode.FRAME_SIZE_ERROR, "a frame longer than announced");
        handler.frameStarted(type, flags, stream, remaining);
        begin();
    }

    private void begin() throws ConnectionException {
        padding = 0;
        if (type == FrameType.DATA) {
            boolean padded = (flags & FrameType.PADDED) != 0;
            require(!padded || remaining > 0, ErrorCode.FRAME_SIZE_ERROR, "a padded frame without a pad length");
            state = padded ? State.PAD_LENGTH : State.DATA;
            endDataIfComplete();
        } else if (FrameType.isKnown(type)) {
            state = State.PAYLOAD;
            deliverIfEmpty();
        } else {
            state = remaining == 0 ? State.HEAD : State.UNKNOWN;
        }
    }

    private void readPadLength(ByteBuffer in) throws ConnectionException {
        padding = in.get() & 0xff;
        remaining -= 1 + padding;
        require(remaining >= 0, "padding longer than its frame");
        state = State.DATA;
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
        if (state == State.DATA && remaining == 0) {
            state = padding == 0 ? State.HEAD : State.PADDING;
            handler.dataEnded(stream, flags);
        }
    }

    private void skip(ByteBuffer in, int length) {
        int skipped = Math.min(length, in.remaining());
        in.position(in.position() + skipped);
        if (state == State.PADDING) {
            padding -= skipped;
        } else {
            remaining -= skipped;
        }
        if (skipped == length) {
            state = State.HEAD;
        }
    }

    private void deliverIfEmpty() throws ConnectionException {
        if (remaining == 0) {
            state = State.HEAD;
            handler.frame(type, flags, stream, ByteBuffer.allocate(0));
        }
    }

    /** Reads the payload, without a copy where it arrived in one read, as most do. */
    private void readPayload(ByteBuffer in) throws ConnectionException {
        if (payload.size() == 0 && in.remaining() >= remaining) {
            int limit = in.limit();
            int end = in.position() + remaining;
            in.limit(end);
            state = State.HEAD;
            handler.frame(type, flags, stream, in);
            in.limit(limit).position(end);
            return;
        }
        int length = Math.min(remaining, in.remaining());
        payload.append(in, length);
        remaining -= length;
        if (remaining == 0) {
            state = State.HEAD;
            handler.frame(type, flags, stream, payload.view());
            payload.clear();
        }
    }

    /** Returns its memory to the budget. */
    public void close() {
        payload.clear();
    }
}
