package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.internal.invocation.BodyPiece;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Sends to the client what a process prints, piece by piece as it is printed, and no faster than the client reads. The
 * answer begins with the first byte, and ends when nobody holds the process's output any more.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class ResponsePump {
    /** Is told of what happens to the answer. */
    interface Watcher {
        /** Nobody holds the output any more. False where the answer must not end as if it were whole. */
        boolean outputEnds();

        /** All of the answer has been handed on to the client. */
        void answered();

        void clientGone();
    }

    private static final int MOST_PIECES_AT_ONCE = 16;

    private final HttpServerExchange exchange;
    private final StreamSourceChannel output;
    private final String contentType;
    private final Watcher watcher;
    private final BodyPiece piece;

    // Mutable state
    private @Nullable StreamSinkChannel response;
    private boolean ended;
    private boolean pumping;
    private boolean done;

    ResponsePump(Invocation invocation, StreamSourceChannel output, String contentType, Watcher watcher) {
        this.exchange = invocation.exchange();
        this.output = output;
        this.contentType = contentType;
        this.watcher = watcher;
        this.piece = new BodyPiece(invocation);
    }

    void start() {
        output.getReadSetter().set(readable -> pump());
        output.resumeReads();
    }

    /** Whether nobody holds the output any more. */
    boolean ended() {
        return ended;
    }

    /** The call is over, in whatever way. */
    void stop() {
        if (done) {
            return;
        }
        done = true;
        if (!ended) {
            output.suspendReads();
        }
        if (!pumping) {
            piece.free();
        }
    }

    /** Writing the last of an answer may end the exchange, and then comes back to {@link #stop}. */
    private void pump() {
        if (done || pumping) {
            return;
        }
        pumping = true;
        try {
            pumpPieces();
        } catch (IOException gone) {
            watcher.clientGone();
        } finally {
            pumping = false;
        }
        piece.freeIfUnused(done);
    }

    private void pumpPieces() throws IOException {
        for (int i = 0; i < MOST_PIECES_AT_ONCE; i++) {
            if (!send(piece.bytes())) {
                return;
            }
            if (ended) {
                finish(answer(0));
                return;
            }
            read(piece.writableBuffer());
            piece.flip();
            if (ended && !watcher.outputEnds()) {
                return;
            }
            if (!piece.bytes().hasRemaining() && !ended) {
                output.resumeReads();
                return;
            }
        }
        output.suspendReads();
        exchange.getIoThread().execute(this::pump);
    }

    /** As much as there is and fits: then the end of a short answer is known before its head is sent. */
    private void read(ByteBuffer buffer) {
        try {
            int read = 1;
            while (read > 0 && buffer.hasRemaining()) {
                read = output.read(buffer);
            }
            ended = read < 0;
        } catch (IOException closed) {
            ended = true;
        }
        if (ended) {
            IoUtils.safeClose(output);
        }
    }

    /** True when all is out; else the rest goes out when the client has room for it. */
    private boolean send(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            StreamSinkChannel to = answer(buffer.remaining());
            if (to.write(buffer) == 0) {
                if (!done) {
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

    /** @param length of the whole body, where it has ended already */
    private StreamSinkChannel answer(int length) {
        if (response != null) {
            return response;
        }
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        if (ended) {
            exchange.setResponseContentLength(length);
        } else if (exchange.isHttp11()) {
            // Undertow would let the end of the connection tell, where that is to be closed.
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
        }
        response = exchange.getResponseChannel();
        return response;
    }

    private void finish(StreamSinkChannel to) throws IOException {
        done = true;
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
        } catch (IOException gone) {
            watcher.clientGone();
        }
    }
}
