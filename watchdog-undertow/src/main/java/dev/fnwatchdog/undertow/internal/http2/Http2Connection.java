package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameReader;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameWriter;
import dev.fnwatchdog.undertow.internal.http2.frame.OutputQueue;
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
 * One HTTP/2 connection: reads frames from its socket, writes those of its streams, and closes.
 *
 * <p>Threads: the connection's I/O thread, except for {@link #closed()}.
 */
final class Http2Connection implements Http2Session {
    /** After as many reads, other connections of the thread have their turn. */
    private static final int MAX_READS_PER_TURN = 8;

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
    private final MemoryBudgets memory;
    private final Runnable closeGracefully;
    private final ConduitStreamSinkChannel sink;
    private final OutputQueue output;
    private final FrameWriter frames;
    private final StreamTable streams;
    private final FrameRules rules;
    private final FrameReader reader;
    private final ConnectionTimers timers;
    private final FlowWindow sendWindow = new FlowWindow(FlowWindow.INITIAL);
    private final AbuseMeter abuse = new AbuseMeter();
    private final BlockedWriters blocked;
    private final GracefulShutdown shutdown;

    // Mutable state
    private Phase phase = Phase.OPEN;
    private boolean flushPending;
    private XnioExecutor.@Nullable Key closeTimer;

    /**
     * @param closeGracefully closes the socket without losing output that the peer has not read yet
     * @param opener serves new streams
     */
    Http2Connection(
            StreamConnection socket,
            ByteBufferPool buffers,
            MemoryBudgets memory,
            Http2Options options,
            Runnable closeGracefully,
            StreamOpener opener) {
        this.socket = socket;
        this.buffers = buffers;
        this.memory = memory;
        this.closeGracefully = closeGracefully;
        this.sink = socket.getSinkChannel();
        this.output = new OutputQueue(sink, buffers);
        this.frames = new FrameWriter(output, buffers);
        this.streams = new StreamTable(options.maxStreams());
        this.rules = new FrameRules(this, streams, memory, options, opener);
        this.reader = new FrameReader(rules, memory.heads());
        this.blocked = new BlockedWriters(thread());
        this.shutdown = new GracefulShutdown(thread(), frames, streams);
        this.timers = new ConnectionTimers(thread(), options, this::close, this::stopAcceptingStreams);
    }

    /** Serves the connection; {@code first} are the first bytes behind the preface. */
    void start(ByteBuffer first) {
        rules.begin();
        ConduitStreamSourceChannel source = socket.getSourceChannel();
        source.setReadListener(this::readable);
        sink.setWriteListener(channel -> flush());
        read(first);
        if (isReading()) {
            source.resumeReads();
        }
    }

    XnioIoThread thread() {
        return socket.getIoThread();
    }

    StreamConnection socket() {
        return socket;
    }

    ByteBufferPool buffers() {
        return buffers;
    }

    FrameWriter frames() {
        return frames;
    }

    OutputQueue output() {
        return output;
    }

    FlowWindow sendWindow() {
        return sendWindow;
    }

    int initialSendWindow() {
        return rules.settings().initialWindow();
    }

    private boolean isReading() {
        return phase == Phase.OPEN;
    }

    boolean isClosed() {
        return phase == Phase.CLOSED;
    }

    /** Returns whether new streams are no longer served. */
    boolean isShuttingDown() {
        return shutdown.isLastStreamNamed() || !isReading();
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
                        close();
                    }
                    return;
                }
                read(bytes.flip());
            }
        } catch (IOException disconnect) {
            close();
        }
    }

    private void read(ByteBuffer bytes) {
        try {
            reader.read(bytes);
            if (phase == Phase.CLOSED) {
                // A frame among them closed the connection: also release what the frames behind it reserved.
                releaseMemory();
                return;
            }
            timers.received(rules.awaitsRestOfHead(reader.isWithinFrame()), rules.complete());
        } catch (ConnectionException violation) {
            fail(violation.code());
        } catch (RuntimeException bug) {
            fail(ErrorCode.INTERNAL_ERROR);
            throw bug;
        }
        if (!output.isEmpty()) {
            flushSoon();
        }
    }

    /** Ends the connection because the peer broke a rule. */
    private void fail(ErrorCode code) {
        if (isReading()) {
            frames.goAway(streams.lastServed(), code);
            closeAfterFlush();
        }
    }

    /** Schedules a flush, which also writes what is queued until then. */
    void flushSoon() {
        if (!flushPending && phase != Phase.CLOSED) {
            flushPending = true;
            thread().execute(() -> {
                flushPending = false;
                flush();
            });
        }
    }

    /** Writes as much as the socket accepts. */
    void flush() {
        if (phase == Phase.CLOSED) {
            return;
        }
        try {
            if (output.flush()) {
                sink.suspendWrites();
                if (phase == Phase.CLOSING) {
                    streams.unfinished().forEach(stream -> stream.sink().endIfFlushed());
                    closeGracefully.run();
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
            close();
            return;
        }
        if (!output.isFull()) {
            blocked.notifySoon();
        }
    }

    BlockedWriters blocked() {
        return blocked;
    }

    /** Writes all of {@code bytes} as one DATA frame; the windows have room for it. */
    void writeData(Http2Stream stream, ByteBuffer bytes) {
        stream.sendWindow().use(bytes.remaining());
        sendWindow.use(bytes.remaining());
        try {
            frames.data(stream.id(), bytes);
        } catch (IOException disconnect) {
            close();
        }
    }

    /** Widens the stream's window after a part of a body was read or dropped. */
    void consumed(Http2Stream stream, int bytes) {
        int total = stream.addUnacknowledged(bytes);
        if (total >= FlowWindow.INITIAL / 2 && stream.state().receives()) {
            stream.clearUnacknowledged();
            stream.receiveWindow().widen(total);
            frames.windowUpdate(stream.id(), total);
            flushSoon();
        }
    }

    /** Handles a change of a stream's state by a regular end. */
    void changed(Http2Stream stream) {
        if (stream.state() == StreamState.CLOSED) {
            streams.close(stream.id(), ClosedStreams.End.ENDED_BY_PEER);
        }
    }

    void resetLocally(Http2Stream stream, ErrorCode code) {
        if (phase != Phase.CLOSED) {
            frames.reset(stream.id(), code);
            flushSoon();
        }
        streams.close(stream.id(), ClosedStreams.End.RESET_LOCALLY);
        stream.abort();
    }

    /** Handles a reset of a stream by the peer. */
    void resetByPeer(Http2Stream stream) {
        streams.close(stream.id(), ClosedStreams.End.ENDED_BY_PEER);
        stream.abort();
        countCancelled();
    }

    /** Handles the end of a body; one of another length than announced is malformed (RFC 9113 8.1.1). */
    void endBody(Http2Stream stream) throws ConnectionException {
        if (stream.isBodyComplete()) {
            stream.remoteEnded();
        } else {
            streamError(stream.id(), ErrorCode.PROTOCOL_ERROR);
        }
    }

    /** Resets a stream, opened or not, because the peer broke a rule on it. */
    void streamError(int id, ErrorCode code) throws ConnectionException {
        checkOutputLimit();
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            resetLocally(stream, code);
        } else {
            frames.reset(id, code);
        }
        countCancelled();
    }

    /** Refuses a stream that was not opened; the client may retry the request elsewhere (RFC 9113 8.7). */
    void refuse(int id) throws ConnectionException {
        checkOutputLimit();
        frames.reset(id, ErrorCode.REFUSED_STREAM);
        streams.close(id, ClosedStreams.End.RESET_LOCALLY);
        countIdleFrame();
    }

    /**
     * Where there are too many, the connection takes no new stream; open streams of other clients are served to the end.
     */
    private void countCancelled() {
        if (abuse.cancelled(System.nanoTime())) {
            sendGoAway(ErrorCode.ENHANCE_YOUR_CALM);
        }
    }

    void countIdleFrame() throws ConnectionException {
        if (abuse.idleFrame(System.nanoTime())) {
            throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "too many frames that serve nobody");
        }
    }

    /** Checks, before a control frame is written, that the peer reads. */
    void checkOutputLimit() throws ConnectionException {
        if (output.size() > MAX_UNREAD) {
            throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "control frames are not read");
        }
    }

    void served() {
        abuse.served();
    }

    void opened(Http2Stream stream) {
        streams.add(stream);
        timers.busy();
    }

    /** Releases a stream and its memory after its exchange has ended. */
    void finished(Http2Stream stream) {
        stream.reset(stream.state().sends() ? ErrorCode.INTERNAL_ERROR : ErrorCode.NO_ERROR);
        memory.release(stream.memory());
        streams.finished(stream);
        if (streams.isEmpty()) {
            timers.idle();
            closeIfDone();
        }
    }

    @Override
    public void shutDown(Runnable announced) {
        if (!isReading()) {
            announced.run();
            return;
        }
        shutdown.announce(announced, this::stopAcceptingStreams);
        flush();
    }

    /** Handles the acknowledgement of a PING: the client has read what was sent before it. */
    void pingAcknowledged(long payload) {
        if (shutdown.isAcknowledgedBy(payload)) {
            stopAcceptingStreams();
        }
    }

    /** Takes no new stream: the connection ends with those that are open. */
    void stopAcceptingStreams() {
        sendGoAway(ErrorCode.NO_ERROR);
    }

    private void sendGoAway(ErrorCode code) {
        if (isReading() && shutdown.nameLastStream(code)) {
            flushSoon();
            closeIfDone();
        }
    }

    private void closeIfDone() {
        if (isReading() && shutdown.isLastStreamNamed() && streams.isEmpty()) {
            closeAfterFlush();
        }
    }

    private void closeAfterFlush() {
        phase = Phase.CLOSING;
        socket.getSourceChannel().suspendReads();
        shutdown.end();
        abort(streams.live());
        closeTimer = thread().executeAfter(this::close, CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        flushSoon();
    }

    private void abort(List<Http2Stream> ending) {
        for (Http2Stream stream : ending) {
            streams.close(stream.id(), ClosedStreams.End.RESET_LOCALLY);
            stream.abort();
        }
    }

    private void close() {
        IoUtils.safeClose(socket);
        closed();
    }

    @Override
    public void closed() {
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
        shutdown.end();
        // Including streams whose end was written but has not reached the socket.
        abort(streams.unfinished());
        blocked.clear();
        timers.stop();
        if (closeTimer != null) {
            closeTimer.remove();
        }
        releaseMemory();
    }

    private void releaseMemory() {
        output.close();
        reader.close();
        rules.close();
    }
}
