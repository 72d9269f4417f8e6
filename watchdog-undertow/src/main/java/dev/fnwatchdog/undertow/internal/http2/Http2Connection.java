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
 * One HTTP/2 connection: reads frames from its socket, writes those of its streams to it, and ends.
 *
 * <p>Threads: the connection's I/O thread, but for {@link #closed()}.
 */
final class Http2Connection implements Http2Session {
    /** Then other connections of the thread have their turn. */
    private static final int READS_AT_ONCE = 8;

    /** Nothing more is read from a peer that leaves so much unread. */
    private static final int MUCH_UNREAD = 128 * 1024;

    /** What one read can add to that is less than this: beyond it the connection ends. */
    private static final int MOST_UNREAD = 1024 * 1024;

    private static final long LAST_WORDS_MILLIS = 1000;

    private enum Phase {
        OPEN,
        /** No stream is served any more; what is written goes out. */
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
    private boolean flushDue;
    private XnioExecutor.@Nullable Key lastWords;

    /**
     * @param closeGracefully closes the socket so that what was written can still be read
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

    /** Serves the connection, whose first bytes behind the preface are {@code first}. */
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

    /** Whether new streams are no longer served. */
    boolean isShuttingDown() {
        return shutdown.isLastStreamNamed() || !isReading();
    }

    private void readable(ConduitStreamSourceChannel source) {
        try (PooledByteBuffer pooled = buffers.allocate()) {
            for (int i = 0; i < READS_AT_ONCE && isReading(); i++) {
                if (output.size() > MUCH_UNREAD) {
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
        } catch (IOException gone) {
            close();
        }
    }

    private void read(ByteBuffer bytes) {
        try {
            reader.read(bytes);
            if (phase == Phase.CLOSED) {
                // By a frame in the midst of the others: what those behind it have taken is released too.
                releaseMemory();
                return;
            }
            timers.received(rules.awaitsRestOfHead(reader.isWithinFrame()), rules.complete());
        } catch (ConnectionException broken) {
            fail(broken.code());
        } catch (RuntimeException bug) {
            fail(ErrorCode.INTERNAL_ERROR);
            throw bug;
        }
        if (!output.isEmpty()) {
            flushSoon();
        }
    }

    /** Ends the connection for a rule that the peer broke. */
    private void fail(ErrorCode code) {
        if (isReading()) {
            frames.goAway(streams.lastServed(), code);
            endAfterLastWords();
        }
    }

    /** Writes before long what waits, together with what else is written until then. */
    void flushSoon() {
        if (!flushDue && phase != Phase.CLOSED) {
            flushDue = true;
            thread().execute(() -> {
                flushDue = false;
                flush();
            });
        }
    }

    /** Writes what the socket takes now. */
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
                    && output.size() <= MUCH_UNREAD
                    && !socket.getSourceChannel().isReadResumed()) {
                socket.getSourceChannel().resumeReads();
            }
        } catch (IOException gone) {
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

    /** Writes all of {@code bytes} as one DATA frame, for which the windows have room. */
    void writeData(Http2Stream stream, ByteBuffer bytes) {
        stream.sendWindow().use(bytes.remaining());
        sendWindow.use(bytes.remaining());
        try {
            frames.data(stream.id(), bytes);
        } catch (IOException gone) {
            close();
        }
    }

    /** A part of a body was read, or dropped: the peer may send as much again. */
    void consumed(Http2Stream stream, int bytes) {
        int total = stream.addUnacknowledged(bytes);
        if (total >= FlowWindow.INITIAL / 2 && stream.state().receives()) {
            stream.clearUnacknowledged();
            stream.receiveWindow().widen(total);
            frames.windowUpdate(stream.id(), total);
            flushSoon();
        }
    }

    /** A stream's state has changed by an ordinary end. */
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

    /** The peer has ended a stream early. */
    void resetByPeer(Http2Stream stream) {
        streams.close(stream.id(), ClosedStreams.End.ENDED_BY_PEER);
        stream.abort();
        countCancelled();
    }

    /** The peer has ended a body; one of another length than announced is malformed (RFC 9113, section 8.1.1). */
    void endBody(Http2Stream stream) throws ConnectionException {
        if (stream.isBodyComplete()) {
            stream.remoteEnded();
        } else {
            streamError(stream.id(), ErrorCode.PROTOCOL_ERROR);
        }
    }

    /** Ends a stream, opened or not, for a rule that the peer broke on it. */
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

    /** Refuses a stream that was not opened; the client may send its request again elsewhere. */
    void refuse(int id) throws ConnectionException {
        checkOutputLimit();
        frames.reset(id, ErrorCode.REFUSED_STREAM);
        streams.close(id, ClosedStreams.End.RESET_LOCALLY);
        countIdleFrame();
    }

    /** Others on the connection have done nothing wrong: their streams are served to the end. */
    private void countCancelled() {
        if (abuse.cancelled(System.nanoTime())) {
            leaveFor(ErrorCode.ENHANCE_YOUR_CALM);
        }
    }

    void countIdleFrame() throws ConnectionException {
        if (abuse.idleFrame(System.nanoTime())) {
            throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "too many frames that serve nobody");
        }
    }

    /** Before another control frame is written. */
    void checkOutputLimit() throws ConnectionException {
        if (output.size() > MOST_UNREAD) {
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

    /** The exchange of a stream is over, with all that it holds. */
    void finished(Http2Stream stream) {
        stream.reset(ErrorCode.NO_ERROR);
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

    /** The client has acknowledged a PING: what it sent before has been read. */
    void pingAcknowledged(long payload) {
        if (shutdown.isAcknowledgedBy(payload)) {
            stopAcceptingStreams();
        }
    }

    /** Serves no new stream: the connection ends with those that are open. */
    void stopAcceptingStreams() {
        leaveFor(ErrorCode.NO_ERROR);
    }

    private void leaveFor(ErrorCode code) {
        if (isReading() && shutdown.nameLastStream(code)) {
            flushSoon();
            closeIfDone();
        }
    }

    private void closeIfDone() {
        if (isReading() && shutdown.isLastStreamNamed() && streams.isEmpty()) {
            endAfterLastWords();
        }
    }

    private void endAfterLastWords() {
        phase = Phase.CLOSING;
        socket.getSourceChannel().suspendReads();
        shutdown.end();
        abort(streams.live());
        lastWords = thread().executeAfter(this::close, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
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
        // Also those whose end was written, and has not reached the socket.
        abort(streams.unfinished());
        blocked.clear();
        timers.stop();
        if (lastWords != null) {
            lastWords.remove();
        }
        releaseMemory();
    }

    private void releaseMemory() {
        output.close();
        reader.close();
        rules.close();
    }
}
