package dev.fnwatchdog.undertow.internal.http2;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldDecoder;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameType;
import io.undertow.util.HeaderMap;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;

/**
 * HEADERS and CONTINUATION frames: collects a field block, and makes a request or its trailers of it, or refuses it (RFC 9113,
 * sections 6.2, 6.10 and 8.1).
 *
 * <p>Threads: the connection's I/O thread.
 */
final class FieldBlocks {
    /** A head of ordinary size asks no budget. */
    private static final int ORDINARY_HEAD = 16 * 1024;

    static final int PRIORITY_LENGTH = 5;

    private final Http2Connection connection;
    private final StreamTable streams;
    private final MemoryBudgets memory;
    private final Http2Options options;
    private final StreamOpener opener;
    private final FieldDecoder decoder;

    // Mutable state of the block that is being collected
    // 0: none
    private int blockStream;
    private boolean blockEndsStream;
    private boolean blockDependsOnItself;

    FieldBlocks(
            Http2Connection connection,
            StreamTable streams,
            MemoryBudgets memory,
            Http2Options options,
            StreamOpener opener) {
        this.connection = connection;
        this.streams = streams;
        this.memory = memory;
        this.options = options;
        this.opener = opener;
        this.decoder = new FieldDecoder(memory.heads(), options.maxHeadBytes());
    }

    /** The stream whose field block has begun and is not complete; 0: none. */
    int stream() {
        return blockStream;
    }

    void close() {
        decoder.close();
    }

    /** A HEADERS frame. */
    void headers(int flags, int id, ByteBuffer payload) throws ConnectionException {
        require(id % 2 == 1, "clients open streams of odd numbers");
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

    /** Reads a priority, which is used for nothing (RFC 9113, section 5.3.2); returns the stream that is depended on. */
    static int dependency(ByteBuffer payload) {
        int stream = payload.getInt() & Integer.MAX_VALUE;
        payload.get();
        return stream;
    }

    /** A CONTINUATION frame. */
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
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            trailers(stream, section);
        } else if (id <= streams.last()) {
            headersAfterEnd(id);
        } else {
            open(id, section);
        }
        if (decoder.isBloated()) {
            connection.stopAcceptingStreams();
        }
    }

    private void trailers(Http2Stream stream, FieldSection section) throws ConnectionException {
        if (!stream.state().receives()) {
            connection.streamError(stream.id(), ErrorCode.STREAM_CLOSED);
        } else if (!blockEndsStream || !section.isTrailers(options.forbiddenTrailer()) || blockDependsOnItself) {
            connection.streamError(stream.id(), ErrorCode.PROTOCOL_ERROR);
        } else if (!stream.reserveMemory(memory, cost(section))) {
            connection.streamError(stream.id(), ErrorCode.ENHANCE_YOUR_CALM);
        } else {
            if (stream.isBodyComplete()) {
                stream.listener().trailers(section.fields());
            }
            connection.endBody(stream);
        }
    }

    private static long cost(FieldSection section) {
        return section.memory() > ORDINARY_HEAD ? section.memory() : 0;
    }

    private void headersAfterEnd(int id) throws ConnectionException {
        switch (streams.endOf(id)) {
            case RESET_LOCALLY -> connection.countIdleFrame();
            case ENDED_BY_PEER -> throw new ConnectionException(ErrorCode.STREAM_CLOSED, "HEADERS after the end");
            case UNKNOWN -> throw new ConnectionException(ErrorCode.PROTOCOL_ERROR, "a number lower than the last");
        }
    }

    private void open(int id, FieldSection head) throws ConnectionException {
        streams.markUsed(id);
        if (streams.isFull() || connection.isShuttingDown()) {
            connection.refuse(id);
        } else if (head.isTooLarge()) {
            refuseHead(id);
        } else if (!head.isRequestHead() || blockDependsOnItself || (blockEndsStream && head.contentLength() > 0)) {
            connection.streamError(id, ErrorCode.PROTOCOL_ERROR);
            streams.close(id, ClosedStreams.End.RESET_LOCALLY);
        } else {
            openWithinBudget(id, head);
        }
    }

    private void openWithinBudget(int id, FieldSection head) throws ConnectionException {
        StreamMemory needed = new StreamMemory(cost(head), blockEndsStream ? 0 : FlowWindow.INITIAL);
        if (memory.reserve(needed)) {
            opener.open(connection, id, head, blockEndsStream, needed);
        } else {
            connection.refuse(id);
        }
    }

    /** A response of the protocol layer: no request has begun. */
    private void refuseHead(int id) throws ConnectionException {
        connection.checkOutputLimit();
        connection.frames().headAlone(id, StatusCodes.REQUEST_HEADER_FIELDS_TOO_LARGE, new HeaderMap());
        if (!blockEndsStream) {
            connection.frames().reset(id, ErrorCode.NO_ERROR);
        }
        streams.close(id, ClosedStreams.End.RESET_LOCALLY);
        connection.countIdleFrame();
    }
}
