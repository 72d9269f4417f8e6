package dev.fnwatchdog.undertow.internal.http2;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldDecoder;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameHandler;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameType;
import dev.fnwatchdog.undertow.internal.http2.frame.Settings;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.nio.ByteBuffer;

/**
 * Interprets each frame and checks whether it is permitted (RFC 9113 5, 6, specification 9.17). A broken rule ends the stream
 * where that is sufficient, otherwise the connection.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class FrameRules implements FrameHandler {
    private static final int PING_LENGTH = 8;
    private static final int GOAWAY_LENGTH = 8;

    private final Http2Connection connection;
    private final StreamTable streams;
    private final FieldBlocks blocks;
    private final BodyFrames bodies;
    private final Settings settings;

    // Mutable state
    private boolean awaitsSettings = true;
    private long complete;

    /** @param settings those of the peer */
    FrameRules(Http2Connection connection, StreamTable streams, FieldDecoder decoder, Settings settings) {
        this.connection = connection;
        this.streams = streams;
        this.settings = settings;
        this.blocks = new FieldBlocks(connection, decoder);
        this.bodies = new BodyFrames(connection, streams);
    }

    /** Returns whether the peer has not sent its first SETTINGS yet. */
    boolean awaitsSettings() {
        return awaitsSettings;
    }

    Settings settings() {
        return settings;
    }

    /** Returns whether the bytes read end within a field block or a frame other than DATA. */
    boolean awaitsRestOfHead(boolean withinFrame) {
        return blocks.stream() != 0 || (withinFrame && !bodies.isWithinFrame());
    }

    /** Returns the number of complete frames and field blocks. */
    long complete() {
        return complete;
    }

    void close() {
        blocks.close();
    }

    @Override
    public boolean isClosed() {
        return connection.isClosed();
    }

    @Override
    public void frameStarted(int type, int flags, int stream, int length) throws ConnectionException {
        require(!awaitsSettings || type == FrameType.SETTINGS, "the first frame is not SETTINGS");
        require(
                blocks.stream() == 0 || (type == FrameType.CONTINUATION && stream == blocks.stream()),
                "a frame interrupts a field block");
        if (type == FrameType.DATA) {
            bodies.begin(stream, length);
        } else if (!FrameType.isKnown(type)) {
            connection.countIdleFrame();
        }
    }

    @Override
    public void data(int stream, ByteBuffer piece) throws ConnectionException {
        bodies.piece(stream, piece);
    }

    @Override
    public void dataEnded(int stream, int flags) throws ConnectionException {
        complete++;
        bodies.end(flags);
    }

    @Override
    public void frame(int type, int flags, int stream, ByteBuffer payload) throws ConnectionException {
        complete += type == FrameType.CONTINUATION ? 0 : 1;
        switch (type) {
            case FrameType.HEADERS -> blocks.headers(flags, stream, payload);
            case FrameType.CONTINUATION -> blocks.continuation(flags, payload);
            case FrameType.PRIORITY -> priority(stream, payload);
            case FrameType.RST_STREAM -> reset(stream, payload);
            case FrameType.SETTINGS -> settings(flags, stream, payload);
            case FrameType.PING -> ping(flags, stream, payload);
            case FrameType.GOAWAY -> goAway(stream, payload);
            case FrameType.WINDOW_UPDATE -> windowUpdate(stream, payload);
            default -> throw new ConnectionException(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE without permission");
        }
    }

    private void priority(int id, ByteBuffer payload) throws ConnectionException {
        require(id != 0, "PRIORITY without a stream");
        if (payload.remaining() != FieldBlocks.PRIORITY_LENGTH) {
            resetStream(id, ErrorCode.FRAME_SIZE_ERROR, "PRIORITY");
        } else if (FieldBlocks.dependency(payload) == id) {
            resetStream(id, ErrorCode.PROTOCOL_ERROR, "a stream that depends on itself");
        }
        connection.countIdleFrame();
    }

    /** Resets a stream after an error; a stream that was never opened cannot be reset. */
    private void resetStream(int id, ErrorCode code, String rule) throws ConnectionException {
        require(!streams.isIdle(id), code, rule);
        connection.streamError(id, code, rule);
    }

    private void reset(int id, ByteBuffer payload) throws ConnectionException {
        require(payload.remaining() == Integer.BYTES, ErrorCode.FRAME_SIZE_ERROR, "RST_STREAM");
        require(id != 0 && !streams.isIdle(id), "RST_STREAM on a stream that was not opened");
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            connection.resetByPeer(stream, ErrorCode.of(payload.getInt()));
        } else {
            connection.countIdleFrame();
        }
    }

    private void settings(int flags, int id, ByteBuffer payload) throws ConnectionException {
        require(id == 0, "SETTINGS on a stream");
        if ((flags & FrameType.ACK) != 0) {
            require(
                    !payload.hasRemaining(),
                    ErrorCode.FRAME_SIZE_ERROR,
                    "an acknowledgement of SETTINGS with a payload");
            require(!awaitsSettings, "the first frame is not SETTINGS");
            return;
        }
        awaitsSettings = false;
        connection.countIdleFrame();
        connection.checkOutputLimit();
        int previousWindow = settings.initialWindow();
        settings.read(payload);
        connection.frames().useTableSize(settings.smallestHeaderTableSize(), settings.headerTableSize());
        int change = settings.initialWindow() - previousWindow;
        for (Http2Stream stream : streams.live()) {
            require(stream.sendWindow().widen(change), ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE");
        }
        connection.frames().acknowledgeSettings();
        connection.settingsReceived();
        if (change > 0) {
            connection.blocked().notifySoon();
        }
    }

    private void ping(int flags, int id, ByteBuffer payload) throws ConnectionException {
        require(id == 0, "PING on a stream");
        require(payload.remaining() == PING_LENGTH, ErrorCode.FRAME_SIZE_ERROR, "PING");
        if ((flags & FrameType.ACK) != 0) {
            connection.pingAcknowledged(payload.getLong());
        } else {
            connection.checkOutputLimit();
            connection.countIdleFrame();
            connection.frames().ping(FrameType.ACK, payload.getLong());
        }
    }

    private void goAway(int id, ByteBuffer payload) throws ConnectionException {
        require(id == 0, "GOAWAY on a stream");
        require(payload.remaining() >= GOAWAY_LENGTH, ErrorCode.FRAME_SIZE_ERROR, "GOAWAY");
        connection.goAwayReceived(payload.getInt() & Integer.MAX_VALUE, ErrorCode.of(payload.getInt()));
    }

    private void windowUpdate(int id, ByteBuffer payload) throws ConnectionException {
        require(payload.remaining() == Integer.BYTES, ErrorCode.FRAME_SIZE_ERROR, "WINDOW_UPDATE");
        int increment = payload.getInt() & Integer.MAX_VALUE;
        if (id == 0) {
            require(increment > 0, "WINDOW_UPDATE with an increment of 0");
            require(
                    connection.sendWindow().widen(increment),
                    ErrorCode.FLOW_CONTROL_ERROR,
                    "a window that exceeds 2^31-1");
            connection.blocked().notifySoon();
            return;
        }
        require(!streams.isIdle(id), "WINDOW_UPDATE on a stream that was not opened");
        if (increment == 0) {
            connection.streamError(id, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE with an increment of 0");
            return;
        }
        Http2Stream stream = streams.find(id);
        if (stream == null) {
            connection.countIdleFrame();
        } else if (stream.sendWindow().widen(increment)) {
            stream.sink().notifyIfWritable();
        } else {
            connection.streamError(id, ErrorCode.FLOW_CONTROL_ERROR, "a window that exceeds 2^31-1");
        }
    }
}
