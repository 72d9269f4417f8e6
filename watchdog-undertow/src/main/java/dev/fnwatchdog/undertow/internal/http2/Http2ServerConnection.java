package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import dev.fnwatchdog.undertow.internal.http2.frame.Settings;
import io.undertow.connector.ByteBufferPool;
import org.xnio.StreamConnection;

/**
 * The server's side of a connection: the client opens its streams.
 *
 * <p>Threads: the connection's I/O thread, except for {@link #closed()}.
 */
public final class Http2ServerConnection extends Http2Connection {
    /** Clients may announce that they accept promises, which are never sent. */
    private static final int MAX_ENABLE_PUSH = 1;

    private final MemoryBudgets memory;
    private final Http2Options options;
    private final Runnable closeGracefully;
    private final RequestHeads requests;
    private final ConnectionTimers timers;
    private final GracefulShutdown shutdown;

    /**
     * @param closeGracefully closes the socket without losing output that the peer has not read yet
     * @param server serves new streams
     */
    Http2ServerConnection(
            StreamConnection socket,
            ByteBufferPool buffers,
            MemoryBudgets memory,
            Http2Options options,
            Runnable closeGracefully,
            Http2Server server) {
        super(
                socket,
                buffers,
                memory.heads(),
                new ConnectionLimits(options.maxStreams(), options.maxHeadBytes(), FlowWindow.INITIAL),
                new Settings(MAX_ENABLE_PUSH));
        this.memory = memory;
        this.options = options;
        this.closeGracefully = closeGracefully;
        this.requests = new RequestHeads(this, streams(), memory, server);
        this.shutdown = new GracefulShutdown(thread(), frames(), streams());
        this.timers = new ConnectionTimers(thread(), options, this::headTimedOut, this::stopAcceptingStreams);
    }

    @Override
    protected void writePreface() {
        frames().settings(
                        Settings.MAX_CONCURRENT_STREAMS,
                        options.maxStreams(),
                        Settings.MAX_HEADER_LIST_SIZE,
                        options.maxHeadBytes());
    }

    @Override
    protected void fieldsReceived(int stream, FieldSection section, boolean endStream) throws ConnectionException {
        requests.received(stream, section, endStream);
    }

    private void headTimedOut() {
        close(StreamAbort.of(ErrorCode.NO_ERROR, "a head did not arrive in time"));
    }

    @Override
    protected void bytesRead() {
        timers.received(isWithinHead(), framesRead());
    }

    void opened(Http2Stream stream) {
        streams().add(stream);
        timers.busy();
    }

    /** Refuses a stream that was not opened; the client may retry the request elsewhere (RFC 9113 8.7). */
    void refuse(int id) throws ConnectionException {
        checkOutputLimit();
        frames().reset(id, ErrorCode.REFUSED_STREAM);
        streams().close(id, ClosedStreams.End.RESET_LOCALLY);
        countIdleFrame();
    }

    /** Releases a stream and its memory after its exchange has ended. */
    void finished(Http2Stream stream) {
        stream.reset(stream.state().sends() ? ErrorCode.INTERNAL_ERROR : ErrorCode.NO_ERROR);
        memory.release(stream.memory());
        streams().finished(stream);
        if (streams().isEmpty()) {
            timers.idle();
            closeIfDone();
        }
    }

    /** Returns whether new streams are no longer served. */
    boolean isShuttingDown() {
        return shutdown.isLastStreamNamed() || !isReading();
    }

    /**
     * Ends the connection without losing a request (RFC 9113 6.8, specification 7.12). It announces the end, serves the
     * requests that the client sends before it can know of that, names the last stream that is served, and closes when all have
     * ended.
     *
     * @param announced run after the last stream was named
     */
    public void shutDown(Runnable announced) {
        if (!isReading()) {
            announced.run();
            return;
        }
        shutdown.announce(announced, this::stopAcceptingStreams);
        flush();
    }

    @Override
    protected void pingAcknowledged(long payload) {
        if (shutdown.isAcknowledgedBy(payload)) {
            stopAcceptingStreams();
        }
    }

    @Override
    protected void goAwayReceived(int lastStream, ErrorCode code) {
        stopAcceptingStreams();
    }

    @Override
    protected void tooManyCancelled() {
        sendGoAway(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Override
    protected void stopAcceptingStreams() {
        sendGoAway(ErrorCode.NO_ERROR);
    }

    private void sendGoAway(ErrorCode code) {
        if (isReading() && shutdown.nameLastStream(code)) {
            flushSoon();
            closeIfDone();
        }
    }

    private void closeIfDone() {
        if (isReading() && shutdown.isLastStreamNamed() && streams().isEmpty()) {
            closeAfterFlush(StreamAbort.of(ErrorCode.NO_ERROR, "all streams have ended"));
        }
    }

    @Override
    protected int lastPeerStream() {
        return streams().lastServed();
    }

    @Override
    protected void stopped() {
        shutdown.end();
        timers.stop();
    }

    @Override
    protected void closeSocket() {
        closeGracefully.run();
    }
}
