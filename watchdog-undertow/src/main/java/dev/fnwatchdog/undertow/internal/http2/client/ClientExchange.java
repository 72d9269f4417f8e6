package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.http2.Http2Stream;
import dev.fnwatchdog.undertow.internal.http2.StreamAbort;
import dev.fnwatchdog.undertow.internal.http2.StreamState;
import dev.fnwatchdog.undertow.internal.http2.StreamUser;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameWriter;
import dev.fnwatchdog.undertow.internal.http2.frame.RequestPseudoFields;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.util.HeaderMap;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Passes the events of a stream on to the listener of its response, and releases the stream when both messages have ended.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class ClientExchange implements ClientStream, StreamUser {
    private enum Response {
        /** The final head has not arrived. */
        AWAITED,
        /** The body is arriving. */
        RECEIVING,
        /** All has arrived, and not all was read. */
        COMPLETE,
        READ,
        ABORTED
    }

    private final Http2ClientConnection connection;
    private final RequestPseudoFields target;
    private final HeaderMap fields;
    private final ResponseListener listener;
    private final Http2Stream stream;

    // Mutable state
    private Response response = Response.AWAITED;
    private HeaderMap trailers = new HeaderMap();
    private long endOfHead;

    ClientExchange(
            Http2ClientConnection connection,
            int id,
            RequestPseudoFields target,
            HeaderMap fields,
            ResponseListener listener) {
        this.connection = connection;
        this.target = target;
        this.fields = fields;
        this.listener = listener;
        this.stream = new Http2Stream(connection, id, StreamState.OPEN, Http2Stream.UNKNOWN_LENGTH, this);
    }

    Http2Stream stream() {
        return stream;
    }

    /** Sends the request's head, and its end where it has no body. */
    void start(boolean endOfRequest) {
        if (endOfRequest) {
            stream.sink().end();
        } else {
            stream.sink().begin();
        }
        endOfHead = connection.output().end();
    }

    String method() {
        return target.method();
    }

    boolean awaitsHead() {
        return response == Response.AWAITED;
    }

    void interimReceived(int status, HeaderMap interim) {
        call(() -> listener.interim(status, interim));
    }

    void headReceived(int status, HeaderMap head, boolean ended) {
        response = Response.RECEIVING;
        call(() -> listener.head(status, head, ended));
    }

    /** Calls the listener. An exception of it ends this stream alone, and is logged by the I/O thread. */
    private void call(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException bug) {
            reset(ErrorCode.INTERNAL_ERROR);
            connection.thread().execute(() -> {
                throw bug;
            });
        }
    }

    @Override
    public int id() {
        return stream.id();
    }

    @Override
    public StreamSinkConduit request() {
        return stream.sink();
    }

    @Override
    public void setTrailers(HeaderMap requestTrailers) {
        trailers = requestTrailers;
    }

    @Override
    public StreamSourceConduit response() {
        return stream.source();
    }

    @Override
    public void reset(ErrorCode code) {
        if (response != Response.READ) {
            response = Response.ABORTED;
        }
        stream.reset(code, "the watchdog has reset the stream");
        // Where the stream was closed before, with bytes that were not read.
        stream.source().abort();
        finishIfDone();
    }

    @Override
    public void writeHead(FrameWriter frames, int id, boolean last) {
        frames.request(id, last, target, fields);
    }

    @Override
    public boolean hasBody() {
        return true;
    }

    @Override
    public HeaderMap trailers() {
        return trailers;
    }

    @Override
    public void trailers(HeaderMap received) {
        call(() -> listener.trailers(received));
    }

    /** The stream was reset when its reader stopped; what is in transit is of no use. */
    @Override
    public void bodyDropped() {}

    @Override
    public void bodyUnwanted() {
        stream.reset(ErrorCode.CANCEL, "the response is not read");
    }

    @Override
    public void bodyReceived() {
        response = Response.COMPLETE;
    }

    @Override
    public void bodyRead() {
        response = Response.READ;
        connection.responseRead();
        finishIfDone();
    }

    /** The request is sent when its end is queued: the connection writes the rest. */
    @Override
    public void sent() {}

    @Override
    public void closed() {
        finishIfDone();
    }

    @Override
    public boolean keepsBody() {
        return response == Response.COMPLETE || response == Response.READ;
    }

    @Override
    public void aborted(StreamAbort cause) {
        if (response == Response.AWAITED || response == Response.RECEIVING) {
            response = Response.ABORTED;
            boolean notProcessed = !cause.processed() || !hasHeadLeft();
            call(() -> listener.reset(cause.code(), notProcessed, cause.reason()));
        }
        finishIfDone();
    }

    /** Returns whether the server may know of the request: its whole head has left, or can still leave. */
    private boolean hasHeadLeft() {
        return !connection.isClosed() || connection.output().isFlushed(endOfHead);
    }

    private void finishIfDone() {
        boolean done = response == Response.READ || response == Response.ABORTED;
        if (done && stream.state() == StreamState.CLOSED) {
            connection.finished(stream);
        }
    }
}
