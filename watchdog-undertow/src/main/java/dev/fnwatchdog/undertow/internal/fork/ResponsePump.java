package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.invocation.BodyPiece;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Sends a process's output to the client as it is printed, with back-pressure (specification 4.13, 4.14). The response
 * begins with the first byte, or with the fields that precede it (specification 4.19), and ends when no process holds the
 * output any more (specification 4.7). A response without a body is sent when the output ends, or after a second: the process is
 * refused what it still prints then (specification 4.13).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class ResponsePump {
    /** Receives the events of the response. */
    interface Watcher {
        /** The output is at EOF. Returns false if the response must not end as a complete one. */
        boolean outputEnds();

        /** The output does not begin with a head, so that no response can begin (specification 4.19). */
        void headRefused(MalformedMessageException reason);

        /** The response has no body, and what the process still prints is refused. */
        void outputRefused();

        /** The whole response has been flushed to the client. */
        void answered();

        /** Writing failed because the client has disconnected. */
        void clientGone();
    }

    private static final int MAX_PIECES_AT_ONCE = 16;

    /** The longest that a response without a body waits for the end of the output. */
    private static final long BODILESS_MILLIS = 1000;

    /** What becomes of the output. */
    enum Output {
        /** It is read as the head, and then sent as the body. */
        SENT,
        /** It is read and dropped: the response has no body. */
        DROPPED,
        /** It is not read any more, and the process cannot write to it. */
        REFUSED,
        /** It has ended. */
        ENDED;

        private boolean canBecome(Output next) {
            return switch (this) {
                case SENT -> next == DROPPED || next == ENDED;
                case DROPPED -> next == REFUSED || next == ENDED;
                case REFUSED, ENDED -> false;
            };
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        Output to(Output next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    /** Whether bytes are moved at this moment. */
    enum Activity {
        WAITING,
        PUMPING,
        /** Nothing more is sent. */
        DONE;

        private boolean canBecome(Activity next) {
            return this != DONE && next != this;
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        Activity to(Activity next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final StreamSourceChannel output;
    private final OutputHead head;
    private final Watcher watcher;
    private final BodyPiece piece;

    // Mutable state
    private @Nullable StreamSinkChannel response;
    private Output state = Output.SENT;
    private Activity activity = Activity.WAITING;
    private long dropped;

    ResponsePump(Invocation invocation, StreamSourceChannel output, OutputHead head, Watcher watcher) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.output = output;
        this.head = head;
        this.watcher = watcher;
        this.piece = new BodyPiece(invocation);
    }

    void start() {
        output.getReadSetter().set(readable -> pump());
        output.resumeReads();
    }

    /** Whether nothing more of the output can follow: it is at EOF, or refused. */
    boolean over() {
        return state == Output.ENDED || state == Output.REFUSED;
    }

    /** Whether what the process prints is refused. */
    boolean refused() {
        return state == Output.REFUSED;
    }

    private boolean ended() {
        return state == Output.ENDED;
    }

    private boolean done() {
        return activity == Activity.DONE;
    }

    /** Stops sending, because the invocation has ended or was aborted. */
    void stop() {
        if (done()) {
            return;
        }
        boolean pumping = activity == Activity.PUMPING;
        activity = activity.to(Activity.DONE);
        if (!over()) {
            output.suspendReads();
        }
        if (!pumping) {
            piece.free();
        }
    }

    /** Moves bytes. Writing the last of a response may end the exchange, which calls {@link #stop}. */
    private void pump() {
        assert invocation.loop().isCurrent() : "on " + Thread.currentThread();
        if (activity != Activity.WAITING) {
            return;
        }
        activity = activity.to(Activity.PUMPING);
        try {
            pumpPieces();
        } catch (IOException disconnected) {
            watcher.clientGone();
        } finally {
            if (!done()) {
                activity = activity.to(Activity.WAITING);
            }
        }
        piece.freeIfUnused(done());
    }

    private void pumpPieces() throws IOException {
        for (int i = 0; i < MAX_PIECES_AT_ONCE; i++) {
            if (!send(piece.bytes())) {
                return;
            }
            if (ended()) {
                finish(responseChannel(dropped));
                return;
            }
            read(piece.writableBuffer());
            piece.flip();
            if ((ended() && !watcher.outputEnds()) || !readHead()) {
                return;
            }
            if (!piece.bytes().hasRemaining() && !ended()) {
                output.resumeReads();
                return;
            }
        }
        output.suspendReads();
        exchange.getIoThread().execute(this::pump);
    }

    /** Reads until the buffer is full or no output is available, so that a short response gets a length. */
    private void read(ByteBuffer buffer) {
        try {
            int read = 1;
            while (read > 0 && buffer.hasRemaining()) {
                read = output.read(buffer);
            }
            if (read < 0) {
                endOutput();
            }
        } catch (IOException closed) {
            endOutput();
        }
    }

    private void endOutput() {
        state = state.to(Output.ENDED);
        IoUtils.safeClose(output);
    }

    /** Begins the response where the head precedes its body. Returns false where the output has no valid head. */
    private boolean readHead() {
        if (response != null) {
            return true;
        }
        try {
            boolean complete = head.accept(piece.bytes());
            if (!complete && ended()) {
                throw head.incomplete();
            }
            if (complete && !head.bodyAllowed(exchange)) {
                drop();
                return !done();
            }
        } catch (MalformedMessageException e) {
            watcher.headRefused(e);
            return false;
        }
        if (head.beginsAlone() && !piece.bytes().hasRemaining() && !ended()) {
            responseChannel(0);
            invocation.flushHead();
        }
        return !done();
    }

    /** Drops what has been read behind the head of a response without a body. */
    private void drop() {
        int count = piece.bytes().remaining();
        piece.bytes().position(piece.bytes().limit());
        dropped += count;
        if (state == Output.SENT && (count > 0 || head.beginsAlone())) {
            state = state.to(Output.DROPPED);
            exchange.getIoThread().executeAfter(this::respondBeforeTheEnd, BODILESS_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Sends a response without a body although the process holds its output; it gets SIGPIPE if it prints more. */
    private void respondBeforeTheEnd() {
        if (done() || state != Output.DROPPED) {
            return;
        }
        state = state.to(Output.REFUSED);
        IoUtils.safeClose(output);
        watcher.outputRefused();
        try {
            finish(responseChannel(-1));
        } catch (IOException disconnected) {
            watcher.clientGone();
        }
        piece.freeIfUnused(true);
    }

    /** True when all bytes are written; otherwise the rest is written when the channel is writable. */
    private boolean send(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            StreamSinkChannel to = responseChannel(buffer.remaining());
            if (to.write(buffer) == 0) {
                if (!done()) {
                    output.suspendReads();
                    to.getWriteSetter().set(writable -> pump());
                    to.resumeWrites();
                }
                return false;
            }
        }
        if (response != null) {
            response.suspendWrites();
        }
        return true;
    }

    /** @param length the length of the whole body, used if the output has ended */
    private StreamSinkChannel responseChannel(long length) {
        if (response != null) {
            return response;
        }
        head.applyTo(exchange);
        long contentLength = head.contentLength(exchange, ended() ? length : -1);
        if (contentLength >= 0) {
            exchange.setResponseContentLength(contentLength);
        } else if (exchange.isHttp11()) {
            // Otherwise Undertow would delimit the body by the end of a connection that is to be closed.
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
        }
        response = exchange.getResponseChannel();
        return response;
    }

    private void finish(StreamSinkChannel to) throws IOException {
        if (!done()) {
            activity = activity.to(Activity.DONE);
        }
        to.shutdownWrites();
        flush(to);
    }

    private void flush(StreamSinkChannel to) throws IOException {
        if (to.flush()) {
            watcher.answered();
            return;
        }
        to.getWriteSetter().set(writable -> flushOrGiveUp(to));
        to.resumeWrites();
    }

    private void flushOrGiveUp(StreamSinkChannel to) {
        try {
            to.suspendWrites();
            flush(to);
        } catch (IOException disconnected) {
            watcher.clientGone();
        }
    }
}
