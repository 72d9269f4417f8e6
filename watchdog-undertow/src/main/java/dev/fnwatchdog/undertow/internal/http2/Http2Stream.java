package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;

/**
 * One stream that the peer has opened: its state, its windows, and the memory that was reserved for it.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class Http2Stream {
    private static final long ANY_LENGTH = -1;

    private final Http2Connection connection;
    private final int id;
    private final FlowWindow receiveWindow = new FlowWindow(FlowWindow.INITIAL);
    private final FlowWindow sendWindow;
    private final StreamSource source;
    private final StreamSink sink;
    private final StreamListener listener;

    // Mutable state
    private StreamState state;
    // of the body that is announced; ANY_LENGTH: not told
    private long bodyDue;
    private int unacknowledged;
    private StreamMemory memory = new StreamMemory(0, 0);

    /**
     * @param bodyLength that the head announces in bytes, or negative where it does not
     * @param user makes the stream's user, who is told what happens
     */
    Http2Stream(Http2Connection connection, int id, StreamState state, long bodyLength, User user) {
        this.connection = connection;
        this.id = id;
        this.state = state;
        this.bodyDue = bodyLength < 0 ? ANY_LENGTH : bodyLength;
        this.sendWindow = new FlowWindow(connection.initialSendWindow());
        this.source = new StreamSource(connection, this);
        this.sink = new StreamSink(connection, this, user);
        this.listener = user;
    }

    /** Uses a stream: its message is sent, and it is told what happens. */
    interface User extends StreamListener, StreamSink.Message {}

    int id() {
        return id;
    }

    StreamState state() {
        return state;
    }

    StreamSource source() {
        return source;
    }

    StreamSink sink() {
        return sink;
    }

    StreamListener listener() {
        return listener;
    }

    FlowWindow receiveWindow() {
        return receiveWindow;
    }

    FlowWindow sendWindow() {
        return sendWindow;
    }

    /** Takes over memory that is given back when its exchange is over. */
    void assignMemory(StreamMemory taken) {
        memory = taken;
    }

    /** Takes more for it, of the share of heads; false where that does not fit. */
    boolean reserveMemory(MemoryBudgets budgets, long head) {
        StreamMemory more = new StreamMemory(head, 0);
        if (!budgets.reserve(more)) {
            return false;
        }
        memory = new StreamMemory(memory.head() + head, memory.body());
        return true;
    }

    StreamMemory memory() {
        return memory;
    }

    /** Bytes that were read since the window was last widened; {@code bytes} more were. */
    int addUnacknowledged(int bytes) {
        unacknowledged += bytes;
        return unacknowledged;
    }

    void clearUnacknowledged() {
        unacknowledged = 0;
    }

    /** Whether so many bytes of body more are as many as its head has announced. */
    boolean accepts(int bytes) {
        if (bodyDue == ANY_LENGTH) {
            return true;
        }
        bodyDue -= bytes;
        return bodyDue >= 0;
    }

    /** Whether its body can end here. */
    boolean isBodyComplete() {
        return bodyDue == ANY_LENGTH || bodyDue == 0;
    }

    /** We have sent END_STREAM. */
    void ended() {
        state = state.afterLocalEnd();
        connection.changed(this);
    }

    /** The peer has sent END_STREAM. */
    void remoteEnded() {
        state = state.afterRemoteEnd();
        connection.changed(this);
        source.end();
    }

    /** Ends it early from our side. */
    void reset(ErrorCode code) {
        if (state != StreamState.CLOSED) {
            connection.resetLocally(this, code);
        }
    }

    /** It has ended early, whoever caused that. */
    void abort() {
        state = StreamState.CLOSED;
        source.abort();
        sink.abort();
        listener.aborted();
    }
}
