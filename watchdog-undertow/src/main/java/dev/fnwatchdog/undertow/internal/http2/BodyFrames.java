package dev.fnwatchdog.undertow.internal.http2;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Handles DATA frames: their stream, their flow-control windows, and what is passed on (RFC 9113 5.2, 6.1).
 *
 * <p>Threads: the connection's I/O thread.
 */
final class BodyFrames {
    /**
     * In bytes. Large, and widened again as soon as DATA arrives: one stream whose body is not read must not block the others.
     */
    static final int CONNECTION_WINDOW = 1024 * 1024;

    private final Http2Connection connection;
    private final StreamTable streams;
    private final FlowWindow receiveWindow = new FlowWindow(CONNECTION_WINDOW);

    // Mutable state
    private int unacknowledged;
    // of the frame that is being read
    private boolean withinFrame;
    private @Nullable Http2Stream dataStream;
    private int dataLength;
    private int dataOverhead;

    BodyFrames(Http2Connection connection, StreamTable streams) {
        this.connection = connection;
        this.streams = streams;
    }

    /** Returns whether a DATA frame has begun and is not complete. */
    boolean isWithinFrame() {
        return withinFrame;
    }

    /** Handles the head of a DATA frame. */
    void begin(int id, int length) throws ConnectionException {
        require(id != 0 && !streams.isIdle(id), "DATA on a stream that was not opened");
        withinFrame = true;
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
            endDataStream(id, ErrorCode.STREAM_CLOSED, "DATA after the end");
        } else if (dataStream.awaitsHead()) {
            endDataStream(id, ErrorCode.PROTOCOL_ERROR, "DATA before the head");
        } else if (dataStream.receiveWindow().size() < 0) {
            endDataStream(id, ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the stream's window");
        }
    }

    private void endDataStream(int id, ErrorCode code, String rule) throws ConnectionException {
        dataStream = null;
        connection.streamError(id, code, rule);
    }

    /** DATA that was in transit when this side reset the stream is not an error of the peer (RFC 9113 5.1). */
    private void dataAfterEnd(int id) throws ConnectionException {
        if (streams.endOf(id) != ClosedStreams.End.RESET_LOCALLY) {
            connection.streamError(id, ErrorCode.STREAM_CLOSED, "DATA after the end");
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

    /** Handles a piece of the frame's payload, without padding. */
    void piece(int id, ByteBuffer piece) throws ConnectionException {
        Http2Stream stream = dataStream;
        if (stream == null || stream.state() == StreamState.CLOSED) {
            return;
        }
        dataOverhead -= piece.remaining();
        if (stream.accepts(piece.remaining())) {
            stream.source().receive(piece);
        } else {
            endDataStream(id, ErrorCode.PROTOCOL_ERROR, "a body longer than announced");
        }
    }

    /** Handles the end of the frame. */
    void end(int flags) throws ConnectionException {
        withinFrame = false;
        Http2Stream stream = dataStream;
        dataStream = null;
        if (stream == null || stream.state() == StreamState.CLOSED) {
            return;
        }
        if (dataOverhead > 0) {
            connection.consumed(stream, dataOverhead);
        }
        if ((flags & FrameType.END_STREAM) != 0) {
            connection.endBody(stream);
        } else if (dataLength == dataOverhead) {
            // Empty, or only padding.
            connection.countIdleFrame();
        }
    }
}
