package dev.fnwatchdog.undertow.internal.http2;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldDecoder;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameReader;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameWriter;
import dev.fnwatchdog.undertow.internal.http2.frame.OutputQueue;
import dev.fnwatchdog.undertow.internal.http2.frame.Settings;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * What both sides of an HTTP/2 connection share: it reads frames from its socket, writes those of its streams, and closes.
 *
 * <p>Threads: the connection's I/O thread, except for {@link #closed()}.
 */
public abstract class Http2Connection {
    /** After as many reads, other connections of the thread have their turn. */
    private static final int MAX_READS_PER_TURN = 8;

    /** More than the windows of a connection permit. */
    private static final int MAX_READS_OF_REST = 1000;

    /** In bytes. Beyond it, reading pauses until the peer has read (specification 9.14). */
    private static final int UNREAD_PAUSING_READS = 128 * 1024;

    /** In bytes. One read adds less than this; beyond it the connection ends. */
    private static final int MAX_UNREAD = 1024 * 1024;

    private static final long CLOSE_TIMEOUT_MILLIS = 1000;

    private enum Phase {
        OPEN,
        /** No stream is served any more; pending output is still written. */
        CLOSING,
        CLOSED
    }

    private final StreamConnection socket;
    private final ByteBufferPool buffers;
    private final int streamWindow;
    private final ConduitStreamSinkChannel sink;
    private final OutputQueue output;
    private final FrameWriter frames;
    private final StreamTable streams;
    private final FrameRules rules;
    private final FrameReader reader;
    private final FlowWindow sendWindow = new FlowWindow(FlowWindow.INITIAL);
    private final AbuseMeter abuse = new AbuseMeter();
    private final BlockedWriters blocked;

    // Mutable state
    private Phase phase = Phase.OPEN;
    private boolean flushPending;
    // the first of them, once the connection has begun to end
    private @Nullable StreamAbort cause;
    private XnioExecutor.@Nullable Key closeTimer;

    /**
     * @param heads for received field blocks and the tables of their fields
     * @param settings those of the peer
     */
    @SuppressWarnings("this-escape") // nothing is called back before start(ByteBuffer)
    protected Http2Connection(
            StreamConnection socket,
            ByteBufferPool buffers,
            MemoryBudget heads,
            ConnectionLimits limits,
            Settings settings) {
        this.socket = socket;
        this.buffers = buffers;
        this.streamWindow = limits.streamWindow();
        this.sink = socket.getSinkChannel();
        this.output = new OutputQueue(sink, buffers);
        this.frames = new FrameWriter(output, buffers);
        this.streams = new StreamTable(limits.maxStreams());
        this.rules = new FrameRules(this, streams, new FieldDecoder(heads, limits.maxHeadBytes()), settings);
        this.reader = new FrameReader(rules, heads);
        this.blocked = new BlockedWriters(thread());
    }

    /** Writes this side's preface (RFC 9113 3.4). */
    protected abstract void writePreface();

    /** Handles a field section; {@code endStream} is true where the stream ends with it. */
    protected abstract void fieldsReceived(int stream, FieldSection section, boolean endStream)
            throws ConnectionException;

    /** Handles new settings of the peer. */
    protected void settingsReceived() {}

    /** Handles a GOAWAY: streams beyond {@code lastStream} are not processed. */
    protected abstract void goAwayReceived(int lastStream, ErrorCode code);

    /** Handles the acknowledgement of a PING: the peer has read what was sent before it. */
    protected void pingAcknowledged(long payload) {}

    /** Handles too many streams that the peer has reset. */
    protected abstract void tooManyCancelled();

    /** Takes no new stream: the connection ends with those that are open. */
    protected abstract void stopAcceptingStreams();

    /** Called after all received bytes were read. */
    protected abstract void bytesRead();

    /** Called after output was written, where the queue accepts more. */
    protected void outputWritten() {}

    /** Returns the highest number of a stream of the peer's that is or was served. */
    protected abstract int lastPeerStream();

    /** Called when no stream is served any more; possibly several times. */
    protected abstract void stopped();

    /** Closes the socket after all output was written to it. */
    protected abstract void closeSocket();

    /** Called when everything is released. */
    protected void released(StreamAbort ended) {}

    /** Starts the connection; {@code first} are the first bytes behind the peer's preface. */
    public final void start(ByteBuffer first) {
        writePreface();
        frames.windowUpdate(0, BodyFrames.CONNECTION_WINDOW - FlowWindow.INITIAL);
        ConduitStreamSourceChannel source = socket.getSourceChannel();
        source.setReadListener(this::readable);
        sink.setWriteListener(channel -> flush());
        read(first);
        if (isReading()) {
            source.resumeReads();
        }
    }

    public final XnioIoThread thread() {
        return socket.getIoThread();
    }

    protected final StreamConnection socket() {
        return socket;
    }

    final ByteBufferPool buffers() {
        return buffers;
    }

    public final FrameWriter frames() {
        return frames;
    }

    public final OutputQueue output() {
        return output;
    }

    /** Returns the peer's settings. */
    protected final Settings settings() {
        return rules.settings();
    }

    protected final StreamTable streams() {
        return streams;
    }

    final FlowWindow sendWindow() {
        return sendWindow;
    }

    /** Returns how many bytes of a stream may arrive before they are read. */
    final int streamWindow() {
        return streamWindow;
    }

    final int initialSendWindow() {
        return rules.settings().initialWindow();
    }

    /** Returns whether streams are served. */
    protected final boolean isReading() {
        return phase == Phase.OPEN;
    }

    /** Returns whether the socket is closed: nothing more is written to it. */
    public final boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    /** Returns whether the peer's first SETTINGS have not arrived. */
    protected final boolean awaitsSettings() {
        return rules.awaitsSettings();
    }

    /** Returns whether the bytes read end within a field block or a frame other than DATA. */
    final boolean isWithinHead() {
        return rules.awaitsRestOfHead(reader.isWithinFrame());
    }

    /** Returns the number of complete frames and field blocks. */
    final long framesRead() {
        return rules.complete();
    }

    private void readable(ConduitStreamSourceChannel source) {
        try (PooledByteBuffer pooled = buffers.allocate()) {
            for (int i = 0; i < MAX_READS_PER_TURN && isReading(); i++) {
                if (output.size() > UNREAD_PAUSING_READS) {
                    source.suspendReads();
                    flushSoon();
                    return;
                }
                ByteBuffer bytes = pooled.getBuffer().clear();
                int count = source.read(bytes);
                if (count <= 0) {
                    if (count < 0) {
                        ErrorCode code = streams.liveCount() == 0 ? ErrorCode.NO_ERROR : ErrorCode.INTERNAL_ERROR;
                        close(StreamAbort.of(code, "the peer has closed the connection"));
                    }
                    return;
                }
                read(bytes.flip());
            }
        } catch (IOException disconnect) {
            close(lost(disconnect));
        }
    }

    private static StreamAbort lost(IOException disconnect) {
        return lost("the connection was lost: " + disconnect.getMessage());
    }

    private static StreamAbort lost(String reason) {
        return StreamAbort.of(ErrorCode.INTERNAL_ERROR, reason);
    }

    private void read(ByteBuffer bytes) {
        try {
            reader.read(bytes);
            if (phase == Phase.CLOSED) {
                // A frame among them closed the connection: also release what the frames behind it reserved.
                releaseMemory();
                return;
            }
            bytesRead();
        } catch (ConnectionException violation) {
            fail(StreamAbort.of(violation.code(), "the peer violated the protocol: " + violation.getMessage()));
        } catch (RuntimeException bug) {
            fail(StreamAbort.of(ErrorCode.INTERNAL_ERROR, "an internal error of the watchdog: " + bug));
            throw bug;
        }
        if (!output.isEmpty()) {
            flushSoon();
        }
    }

    /** Ends the connection, and all of its streams, with a GOAWAY. */
    protected final void fail(StreamAbort ended) {
        if (isReading()) {
            frames.goAway(lastPeerStream(), ended.code());
            closeAfterFlush(ended);
        }
    }

    /** Schedules a flush, which also writes what is queued until then. */
    public final void flushSoon() {
        if (!flushPending && phase != Phase.CLOSED) {
            flushPending = true;
            thread().execute(() -> {
                flushPending = false;
                flush();
            });
        }
    }

    /** Writes as much as the socket accepts. */
    final void flush() {
        if (phase == Phase.CLOSED) {
            return;
        }
        try {
            if (output.flush()) {
                sink.suspendWrites();
                if (phase == Phase.CLOSING) {
                    streams.unfinished().forEach(stream -> stream.sink().endIfFlushed());
                    closeSocket();
                    return;
                }
            } else {
                sink.resumeWrites();
            }
            if (isReading()
                    && output.size() <= UNREAD_PAUSING_READS
                    && !socket.getSourceChannel().isReadResumed()) {
                socket.getSourceChannel().resumeReads();
            }
        } catch (IOException disconnect) {
            writeFailed(lost(disconnect));
            return;
        }
        if (!output.isFull()) {
            blocked.notifySoon();
            outputWritten();
        }
    }

    final BlockedWriters blocked() {
        return blocked;
    }

    /** Writes all of {@code bytes} as one DATA frame; the windows have room for it. */
    final void writeData(Http2Stream stream, ByteBuffer bytes) {
        stream.sendWindow().use(bytes.remaining());
        sendWindow.use(bytes.remaining());
        try {
            frames.data(stream.id(), bytes);
        } catch (IOException disconnect) {
            writeFailed(lost(disconnect));
        }
    }

    /** Handles a failure to write. */
    protected void writeFailed(StreamAbort ended) {
        close(ended);
    }

    /** Handles what the peer has sent before it ended the connection, then closes it. */
    protected final void readRestAndClose(StreamAbort ended) {
        try (PooledByteBuffer pooled = buffers.allocate()) {
            for (int i = 0; i < MAX_READS_OF_REST && isReading(); i++) {
                int count = socket.getSourceChannel().read(pooled.getBuffer().clear());
                if (count <= 0) {
                    break;
                }
                read(pooled.getBuffer().flip());
            }
        } catch (IOException end) {
            close(lost(end));
            return;
        }
        close(ended);
    }

    /** Widens the stream's window after a part of a body was read or dropped. */
    final void consumed(Http2Stream stream, int bytes) {
        int total = stream.addUnacknowledged(bytes);
        if (total >= streamWindow / 2 && stream.state().receives()) {
            stream.clearUnacknowledged();
            stream.receiveWindow().widen(total);
            frames.windowUpdate(stream.id(), total);
            flushSoon();
        }
    }

    /** Handles a change of a stream's state by a regular end. */
    final void changed(Http2Stream stream) {
        if (stream.state() == StreamState.CLOSED) {
            streams.close(stream.id(), ClosedStreams.End.ENDED_BY_PEER);
            stream.user().closed();
        }
    }

    final void resetLocally(Http2Stream stream, StreamAbort ended) {
        if (phase != Phase.CLOSED) {
            frames.reset(stream.id(), ended.code());
            flushSoon();
        }
        streams.close(stream.id(), ClosedStreams.End.RESET_LOCALLY);
        stream.abort(ended);
    }

    /** Handles a reset of a stream by the peer. */
    final void resetByPeer(Http2Stream stream, ErrorCode code) {
        streams.close(stream.id(), ClosedStreams.End.ENDED_BY_PEER);
        boolean processed = code != ErrorCode.REFUSED_STREAM;
        stream.abort(new StreamAbort(code, processed, "the peer has reset the stream: " + code));
        countCancelled();
    }

    /** Handles the end of a body; one of another length than announced is malformed (RFC 9113 8.1.1). */
    public final void endBody(Http2Stream stream) throws ConnectionException {
        if (stream.isBodyComplete()) {
            stream.remoteEnded();
        } else {
            streamError(stream.id(), ErrorCode.PROTOCOL_ERROR, "a body of another length than announced");
        }
    }

    /** Resets a stream, opened or not, because the peer broke a rule on it. */
    public final void streamError(int id, ErrorCode code, String rule) throws ConnectionException {
        checkOutputLimit();
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            resetLocally(stream, StreamAbort.of(code, "the peer violated the protocol: " + rule));
        } else {
            frames.reset(id, code);
        }
        countCancelled();
    }

    /** Other clients of the peer are not to blame: their open streams are served to the end. */
    private void countCancelled() {
        if (abuse.cancelled(System.nanoTime())) {
            tooManyCancelled();
        }
    }

    public final void countIdleFrame() throws ConnectionException {
        require(!abuse.idleFrame(System.nanoTime()), ErrorCode.ENHANCE_YOUR_CALM, "too many frames without effect");
    }

    /** Checks, before a control frame is written, that the peer reads. */
    final void checkOutputLimit() throws ConnectionException {
        require(output.size() <= MAX_UNREAD, ErrorCode.ENHANCE_YOUR_CALM, "the peer does not read control frames");
    }

    /** Counts a stream that got its whole response. */
    protected final void served() {
        abuse.served();
    }

    /** Closes the connection after pending output; streams that have not ended end now. */
    protected final void closeAfterFlush(StreamAbort ended) {
        phase = Phase.CLOSING;
        cause = ended;
        socket.getSourceChannel().suspendReads();
        stopped();
        abort(streams.live(), ended);
        closeTimer = thread().executeAfter(() -> close(ended), CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        flushSoon();
    }

    /** Ends streams early, without a frame. */
    protected final void abort(List<Http2Stream> ending, StreamAbort ended) {
        for (Http2Stream stream : ending) {
            streams.close(stream.id(), ClosedStreams.End.RESET_LOCALLY);
            stream.abort(ended);
        }
    }

    /** Closes the connection at once. */
    protected final void close(StreamAbort ended) {
        if (cause == null) {
            cause = ended;
        }
        IoUtils.safeClose(socket);
        closed();
    }

    /** Ends all streams and releases the connection's resources after the socket was closed. */
    public final void closed() {
        if (Thread.currentThread() == thread()) {
            release();
        } else {
            thread().execute(this::release);
        }
    }

    private void release() {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        stopped();
        StreamAbort ended = cause == null ? lost("the connection was closed") : cause;
        // Including streams whose end was written but has not reached the socket.
        abort(streams.unfinished(), ended);
        blocked.clear();
        if (closeTimer != null) {
            closeTimer.remove();
        }
        releaseMemory();
        released(ended);
    }

    private void releaseMemory() {
        output.close();
        reader.close();
        rules.close();
    }
}
