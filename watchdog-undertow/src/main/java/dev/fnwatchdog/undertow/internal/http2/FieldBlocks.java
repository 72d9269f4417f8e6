package dev.fnwatchdog.undertow.internal.http2;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldDecoder;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameType;
import java.nio.ByteBuffer;

/**
 * Handles HEADERS and CONTINUATION frames (RFC 9113 6.2, 6.10): it collects a field block, and decodes it.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class FieldBlocks {
    static final int PRIORITY_LENGTH = 5;

    private final Http2Connection connection;
    private final FieldDecoder decoder;

    // Mutable state of the block that is being collected 0: none
    private int blockStream;
    private boolean blockEndsStream;
    private boolean blockDependsOnItself;

    FieldBlocks(Http2Connection connection, FieldDecoder decoder) {
        this.connection = connection;
        this.decoder = decoder;
    }

    /** Returns the stream whose field block has begun and is not complete; 0: none. */
    int stream() {
        return blockStream;
    }

    void close() {
        decoder.close();
    }

    /** Handles a HEADERS frame. */
    void headers(int flags, int id, ByteBuffer payload) throws ConnectionException {
        require(id % 2 == 1, "the stream number is even");
        int padding = 0;
        if ((flags & FrameType.PADDED) != 0) {
            require(payload.hasRemaining(), ErrorCode.FRAME_SIZE_ERROR, "a pad length");
            padding = payload.get() & 0xff;
        }
        blockDependsOnItself = false;
        if ((flags & FrameType.WITH_PRIORITY) != 0) {
            require(payload.remaining() >= PRIORITY_LENGTH, ErrorCode.FRAME_SIZE_ERROR, "a priority");
            blockDependsOnItself = dependency(payload) == id;
        }
        require(payload.remaining() >= padding, "padding longer than its frame");
        payload.limit(payload.limit() - padding);
        blockStream = id;
        blockEndsStream = (flags & FrameType.END_STREAM) != 0;
        fragment(flags, payload);
    }

    /** Reads a priority, which is ignored (RFC 9113 5.3.2); returns the stream that it depends on. */
    static int dependency(ByteBuffer payload) {
        int stream = payload.getInt() & Integer.MAX_VALUE;
        payload.get();
        return stream;
    }

    /** Handles a CONTINUATION frame. */
    void continuation(int flags, ByteBuffer payload) throws ConnectionException {
        require(blockStream != 0, "CONTINUATION without HEADERS");
        fragment(flags, payload);
    }

    private void fragment(int flags, ByteBuffer payload) throws ConnectionException {
        if ((flags & FrameType.END_HEADERS) == 0) {
            decoder.add(payload);
            return;
        }
        FieldSection section = decoder.decode(payload);
        int id = blockStream;
        blockStream = 0;
        if (blockDependsOnItself) {
            section.reject();
        }
        connection.fieldsReceived(id, section, blockEndsStream);
        if (decoder.isBloated()) {
            connection.stopAcceptingStreams();
        }
    }
}
