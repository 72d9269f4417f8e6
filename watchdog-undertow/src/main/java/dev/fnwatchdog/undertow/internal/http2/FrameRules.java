package dev.fnwatchdog.undertow.internal.http2;

import io.undertow.util.HeaderMap;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What each frame means, and whether it may come now (RFC 9113, sections 5 and 6). A rule that is broken ends the stream where
 * that is enough, else the connection.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class FrameRules implements FrameHandler {
    /** Wide, and widened again as soon as DATA arrives: a stream that nobody reads must not stop the others. */
    private static final int CONNECTION_WINDOW = 1024 * 1024;

    /** A head of ordinary size asks no budget. */
    private static final int ORDINARY_HEAD = 4 * 1024;

    /** What a byte of a head costs while its request is served: strings, and the head that goes to the function. */
    private static final int HEAD_COST = 2;

    private static final int PRIORITY_LENGTH = 5;
    private static final int PING_LENGTH = 8;
    private static final int GOAWAY_LENGTH = 8;

    private final Http2Connection connection;
    private final StreamTable streams;
    private final MemoryBudgets memory;
    private final Http2Options options;
    private final StreamOpener opener;
    private final FieldDecoder decoder;
    private final Settings settings = new Settings();
    private final FlowWindow receiveWindow = new FlowWindow(CONNECTION_WINDOW);

    // Mutable state
    private boolean settingsDue = true;
    private long complete;
    private int unacknowledged;
    // of the field block that is being collected; 0: none
    private int blockStream;
    private boolean blockEndsStream;
    private boolean blockDependsOnItself;
    // of the DATA frame that is being read
    private boolean withinData;
    private @Nullable Http2Stream dataStream;
    private int dataLength;
    private int dataOverhead;

    FrameRules(
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
        this.decoder = new FieldDecoder(memory.heads(), options.largestHead());
    }

    /** The server's preface (RFC 9113, section 3.4). */
    void begin() {
        connection
                .frames()
                .settings(
                        Settings.MAX_CONCURRENT_STREAMS,
                        options.maxStreams(),
                        Settings.MAX_HEADER_LIST_SIZE,
                        options.largestHead());
        connection.frames().windowUpdate(0, CONNECTION_WINDOW - FlowWindow.INITIAL);
    }

    Settings settings() {
        return settings;
    }

    boolean isWithinData() {
        return withinData;
    }

    boolean isWithinBlock() {
        return blockStream != 0;
    }

    /** Frames and field blocks that were complete. */
    long complete() {
        return complete;
    }

    void close() {
        decoder.close();
    }

    private static void require(boolean met, ErrorCode code, String rule) throws ConnectionException {
        if (!met) {
            throw new ConnectionException(code, rule);
        }
    }

    private static void require(boolean met, String rule) throws ConnectionException {
        require(met, ErrorCode.PROTOCOL_ERROR, rule);
    }

    @Override
    public void frameBegins(int type, int flags, int stream, int length) throws ConnectionException {
        require(!settingsDue || type == FrameType.SETTINGS, "SETTINGS come first");
        require(
                blockStream == 0 || (type == FrameType.CONTINUATION && stream == blockStream),
                "a field block is not interrupted");
        if (type == FrameType.DATA) {
            beginData(stream, length);
        } else if (!FrameType.isKnown(type)) {
            connection.countIdleFrame();
        }
    }

    private void beginData(int id, int length) throws ConnectionException {
        require(id != 0 && !streams.isIdle(id), "DATA on a stream that was not opened");
        withinData = true;
        receiveWindow.use(length);
        require(receiveWindow.size() >= 0, ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the connection's window");
        widenConnectionWindow(length);
        dataLength = length;
        dataOverhead = length;
        dataStream = streams.find(id);
        if (dataStream == null) {
            dataAfterEnd(id);
            return;
        }
        dataStream.receiveWindow().use(length);
        if (!dataStream.state().receives()) {
            endDataStream(id, ErrorCode.STREAM_CLOSED);
        } else if (dataStream.receiveWindow().size() < 0) {
            endDataStream(id, ErrorCode.FLOW_CONTROL_ERROR);
        }
    }

    private void endDataStream(int id, ErrorCode code) throws ConnectionException {
        dataStream = null;
        connection.streamError(id, code);
    }

    /** What was under way when we reset the stream is no fault of the peer's (RFC 9113, section 5.1). */
    private void dataAfterEnd(int id) throws ConnectionException {
        if (streams.endOf(id) == ClosedStreams.End.RESET_BY_US) {
            connection.countIdleFrame();
        } else {
            connection.streamError(id, ErrorCode.STREAM_CLOSED);
        }
    }

    private void widenConnectionWindow(int length) {
        unacknowledged += length;
        if (unacknowledged >= CONNECTION_WINDOW / 2) {
            receiveWindow.widen(unacknowledged);
            connection.frames().windowUpdate(0, unacknowledged);
            unacknowledged = 0;
        }
    }

    @Override
    public void data(int id, ByteBuffer piece) throws ConnectionException {
        Http2Stream stream = dataStream;
        if (stream == null || stream.state() == StreamState.CLOSED) {
            return;
        }
        dataOverhead -= piece.remaining();
        if (stream.accepts(piece.remaining())) {
            stream.source().receive(piece);
        } else {
            endDataStream(id, ErrorCode.PROTOCOL_ERROR);
        }
    }

    @Override
    public void dataEnds(int id, int flags) throws ConnectionException {
        withinData = false;
        complete++;
        Http2Stream stream = dataStream;
        dataStream = null;
        if (stream == null || stream.state() == StreamState.CLOSED) {
            return;
        }
        if (dataOverhead > 0) {
            connection.consumed(stream, dataOverhead);
        }
        if ((flags & FrameType.END_STREAM) != 0) {
            endBody(stream);
        } else if (dataLength == dataOverhead) {
            // Empty, or nothing but padding.
            connection.countIdleFrame();
        }
    }

    private void endBody(Http2Stream stream) throws ConnectionException {
        if (stream.isWhole()) {
            stream.remoteEnded();
        } else {
            connection.streamError(stream.id(), ErrorCode.PROTOCOL_ERROR);
        }
    }

    @Override
    public void frame(int type, int flags, int stream, ByteBuffer payload) throws ConnectionException {
        complete++;
        switch (type) {
            case FrameType.HEADERS -> headers(flags, stream, payload);
            case FrameType.CONTINUATION -> continuation(flags, payload);
            case FrameType.PRIORITY -> priority(stream, payload);
            case FrameType.RST_STREAM -> reset(stream, payload);
            case FrameType.SETTINGS -> settings(flags, stream, payload);
            case FrameType.PING -> ping(flags, stream, payload);
            case FrameType.GOAWAY -> goAway(stream, payload);
            case FrameType.WINDOW_UPDATE -> windowUpdate(stream, payload);
            default -> throw new ConnectionException(ErrorCode.PROTOCOL_ERROR, "clients promise nothing");
        }
    }

    private void headers(int flags, int id, ByteBuffer payload) throws ConnectionException {
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

    /** Reads a priority, which is used for nothing (RFC 9113, section 5.3.2). */
    private static int dependency(ByteBuffer payload) {
        int stream = payload.getInt() & Integer.MAX_VALUE;
        payload.get();
        return stream;
    }

    private void continuation(int flags, ByteBuffer payload) throws ConnectionException {
        require(blockStream != 0, "CONTINUATION without HEADERS");
        complete--;
        fragment(flags, payload);
    }

    private void fragment(int flags, ByteBuffer payload) throws ConnectionException {
        decoder.add(payload);
        if ((flags & FrameType.END_HEADERS) == 0) {
            return;
        }
        FieldSection section = decoder.decode();
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
    }

    private void trailers(Http2Stream stream, FieldSection section) throws ConnectionException {
        if (!stream.state().receives()) {
            connection.streamError(stream.id(), ErrorCode.STREAM_CLOSED);
        } else if (!blockEndsStream || !section.isTrailers(options.forbiddenTrailer()) || blockDependsOnItself) {
            connection.streamError(stream.id(), ErrorCode.PROTOCOL_ERROR);
        } else {
            if (stream.isWhole()) {
                stream.listener().trailers(section.fields());
            }
            endBody(stream);
        }
    }

    private void headersAfterEnd(int id) throws ConnectionException {
        switch (streams.endOf(id)) {
            case RESET_BY_US -> connection.countIdleFrame();
            case ENDED_BY_PEER -> throw new ConnectionException(ErrorCode.STREAM_CLOSED, "HEADERS after the end");
            case UNKNOWN -> throw new ConnectionException(ErrorCode.PROTOCOL_ERROR, "a number lower than the last");
        }
    }

    private void open(int id, FieldSection head) throws ConnectionException {
        streams.used(id);
        if (streams.isFull() || connection.isLeaving()) {
            connection.refuse(id);
        } else if (head.isTooLarge()) {
            refuseHead(id);
        } else if (!head.isRequestHead() || blockDependsOnItself || (blockEndsStream && head.contentLength() > 0)) {
            connection.streamError(id, ErrorCode.PROTOCOL_ERROR);
            streams.close(id, ClosedStreams.End.RESET_BY_US);
        } else {
            openWithinBudget(id, head);
        }
    }

    private void openWithinBudget(int id, FieldSection head) throws ConnectionException {
        long forHead = head.size() > ORDINARY_HEAD ? HEAD_COST * head.size() : 0;
        StreamMemory needed = new StreamMemory(forHead, blockEndsStream ? 0 : FlowWindow.INITIAL);
        if (memory.take(needed)) {
            opener.open(connection, id, head, blockEndsStream, needed);
        } else {
            connection.refuse(id);
        }
    }

    /** A response of the protocol layer: no request has begun. */
    private void refuseHead(int id) throws ConnectionException {
        connection.requireReader();
        connection.frames().headAlone(id, StatusCodes.REQUEST_HEADER_FIELDS_TOO_LARGE, new HeaderMap());
        if (!blockEndsStream) {
            connection.frames().reset(id, ErrorCode.NO_ERROR);
        }
        streams.close(id, ClosedStreams.End.RESET_BY_US);
        connection.countIdleFrame();
    }

    private void priority(int id, ByteBuffer payload) throws ConnectionException {
        require(id != 0, "PRIORITY without a stream");
        if (payload.remaining() != PRIORITY_LENGTH) {
            breakOff(id, ErrorCode.FRAME_SIZE_ERROR);
        } else if (dependency(payload) == id) {
            breakOff(id, ErrorCode.PROTOCOL_ERROR);
        }
        connection.countIdleFrame();
    }

    /** Ends a stream for a rule that was broken; one that was never opened cannot be reset. */
    private void breakOff(int id, ErrorCode code) throws ConnectionException {
        require(!streams.isIdle(id), code, "a frame that is wrong on any stream");
        connection.streamError(id, code);
    }

    private void reset(int id, ByteBuffer payload) throws ConnectionException {
        require(payload.remaining() == Integer.BYTES, ErrorCode.FRAME_SIZE_ERROR, "RST_STREAM");
        require(id != 0 && !streams.isIdle(id), "RST_STREAM on a stream that was not opened");
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            connection.resetByPeer(stream);
        } else {
            connection.countIdleFrame();
        }
    }

    private void settings(int flags, int id, ByteBuffer payload) throws ConnectionException {
        require(id == 0, "SETTINGS on a stream");
        if ((flags & FrameType.ACK) != 0) {
            require(!payload.hasRemaining(), ErrorCode.FRAME_SIZE_ERROR, "an acknowledgement of SETTINGS");
            require(!settingsDue, "SETTINGS come first");
            return;
        }
        settingsDue = false;
        connection.countIdleFrame();
        connection.requireReader();
        int before = settings.initialWindow();
        settings.read(payload);
        connection.frames().useTableSize(settings.headerTableSize());
        int change = settings.initialWindow() - before;
        for (Http2Stream stream : streams.live()) {
            require(stream.sendWindow().widen(change), ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE");
        }
        connection.frames().acknowledgeSettings();
        if (change > 0) {
            connection.notifyBlockedSoon();
        }
    }

    private void ping(int flags, int id, ByteBuffer payload) throws ConnectionException {
        require(id == 0, "PING on a stream");
        require(payload.remaining() == PING_LENGTH, ErrorCode.FRAME_SIZE_ERROR, "PING");
        if ((flags & FrameType.ACK) != 0) {
            connection.pingAcknowledged(payload.getLong());
        } else {
            connection.requireReader();
            connection.countIdleFrame();
            connection.frames().ping(FrameType.ACK, payload.getLong());
        }
    }

    private void goAway(int id, ByteBuffer payload) throws ConnectionException {
        require(id == 0, "GOAWAY on a stream");
        require(payload.remaining() >= GOAWAY_LENGTH, ErrorCode.FRAME_SIZE_ERROR, "GOAWAY");
        connection.leftByPeer();
    }

    private void windowUpdate(int id, ByteBuffer payload) throws ConnectionException {
        require(payload.remaining() == Integer.BYTES, ErrorCode.FRAME_SIZE_ERROR, "WINDOW_UPDATE");
        int increment = payload.getInt() & Integer.MAX_VALUE;
        if (id == 0) {
            require(increment > 0, "WINDOW_UPDATE by nothing");
            require(
                    connection.sendWindow().widen(increment),
                    ErrorCode.FLOW_CONTROL_ERROR,
                    "a window that is too wide");
            connection.notifyBlockedSoon();
            return;
        }
        require(!streams.isIdle(id), "WINDOW_UPDATE on a stream that was not opened");
        if (increment == 0) {
            connection.streamError(id, ErrorCode.PROTOCOL_ERROR);
            return;
        }
        Http2Stream stream = streams.find(id);
        if (stream == null) {
            connection.countIdleFrame();
        } else if (stream.sendWindow().widen(increment)) {
            stream.sink().notifyIfWritable();
        } else {
            connection.streamError(id, ErrorCode.FLOW_CONTROL_ERROR);
        }
    }
}
