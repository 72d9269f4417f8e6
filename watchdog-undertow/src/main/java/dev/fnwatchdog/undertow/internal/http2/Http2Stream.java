package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import dev.fnwatchdog.undertow.internal.io.IoThread;

/**
 * One stream: its state, its windows, and the memory reserved for it.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
public final class Http2Stream {
    private static final long ANY_LENGTH = -1;

    /** As a body's length: the head that determines it has not arrived. */
    public static final long UNKNOWN_LENGTH = -2;

    private final Http2Connection connection;
    private final int id;
    private final FlowWindow receiveWindow;
    private final FlowWindow sendWindow;
    private final StreamSource source;
    private final StreamSink sink;
    private final StreamUser user;

    // Mutable state
    private StreamState state;
    // bytes of the announced body that are still to come, ANY_LENGTH or UNKNOWN_LENGTH
    private long bodyRemaining;
    private int unacknowledged;
    private StreamMemory memory = new StreamMemory(0, 0);

    /**
     * @param bodyLength the bytes that the head announces, -1 where it announces none, or {@link #UNKNOWN_LENGTH}
     * @param user sends the stream's message and is notified of its events
     */
    public Http2Stream(Http2Connection connection, int id, StreamState state, long bodyLength, StreamUser user) {
        this.connection = connection;
        this.id = id;
        this.state = state;
        this.bodyRemaining = bodyLength;
        this.receiveWindow = new FlowWindow(connection.streamWindow());
        this.sendWindow = new FlowWindow(connection.initialSendWindow());
        this.source = new StreamSource(connection, this);
        this.sink = new StreamSink(connection, this, user);
        this.user = user;
    }

    public int id() {
        return id;
    }

    public StreamState state() {
        return state;
    }

    public StreamSource source() {
        return source;
    }

    public StreamSink sink() {
        return sink;
    }

    public StreamUser user() {
        return user;
    }

    FlowWindow receiveWindow() {
        return receiveWindow;
    }

    FlowWindow sendWindow() {
        return sendWindow;
    }

    /** Takes over memory that is released when the exchange has ended. */
    void assignMemory(StreamMemory taken) {
        memory = taken;
    }

    /** Reserves more memory from the budget for heads; returns false where that does not fit. */
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

    /** Adds {@code bytes} to the bytes that were read since the window was last widened, and returns the sum. */
    int addUnacknowledged(int bytes) {
        unacknowledged += bytes;
        return unacknowledged;
    }

    void clearUnacknowledged() {
        unacknowledged = 0;
    }

    /** Returns whether the peer's head has not arrived, without which there is no body. */
    boolean awaitsHead() {
        return bodyRemaining == UNKNOWN_LENGTH;
    }

    /**
     * Sets the length of the body when the peer's head has arrived.
     *
     * @param length the bytes that it announces, or -1 where it announces none
     */
    public void headReceived(long length) {
        bodyRemaining = length;
    }

    /** Counts body bytes; returns false where there are more than the head has announced. */
    boolean accepts(int bytes) {
        if (bodyRemaining == ANY_LENGTH) {
            return true;
        }
        bodyRemaining -= bytes;
        return bodyRemaining >= 0;
    }

    /** Returns whether the body has the announced length. */
    public boolean isBodyComplete() {
        return bodyRemaining == ANY_LENGTH || bodyRemaining == 0;
    }

    /** Called when the watchdog has sent END_STREAM. */
    void ended() {
        state = state.afterLocalEnd();
        connection.changed(this);
    }

    /** Called when the peer has sent END_STREAM. */
    void remoteEnded() {
        state = state.afterRemoteEnd();
        user.bodyReceived();
        connection.changed(this);
        source.end();
    }

    /** Resets the stream, unless it is closed. */
    void reset(ErrorCode code) {
        reset(code, "it was reset by this side");
    }

    /** Resets the stream for a reason, unless it is closed. */
    public void reset(ErrorCode code, String reason) {
        if (state != StreamState.CLOSED) {
            connection.resetLocally(this, StreamAbort.of(code, reason));
        }
    }

    /** Ends the stream early, after a reset by either side. */
    void abort(StreamAbort cause) {
        state = StreamState.CLOSED;
        if (!user.keepsBody()) {
            source.abort();
        }
        sink.abort();
        user.aborted(cause);
    }
}
