package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.internal.invocation.BodyPiece;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Writes a request body to a process while it arrives, with back-pressure (specification 4.13, 4.14). What the process does
 * not read is still read from the client and discarded, so that the client can finish sending.
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class RequestPump {
    /** Keeps a fast client and process from delaying the other requests of their I/O thread. */
    private static final int MAX_PIECES_AT_ONCE = 16;

    /** Receives the events of the request body. */
    interface Watcher {
        /** The process has closed its input, possibly before the end of the body. */
        void inputRefused();

        /** The client has ended the body prematurely. */
        void requestBroken();
    }

    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final StreamSourceChannel request;
    private final StreamSinkChannel input;
    private final Watcher watcher;
    private final BodyPiece piece;

    // Mutable state
    private boolean whole;
    private boolean refused;
    private boolean pumping;
    private boolean done;

    RequestPump(Invocation invocation, StreamSinkChannel input, Watcher watcher) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.request = exchange.getRequestChannel();
        this.input = input;
        this.watcher = watcher;
        this.piece = new BodyPiece(invocation);
    }

    void start() {
        whole = exchange.isRequestComplete();
        request.getReadSetter().set(readable -> pump());
        input.getWriteSetter().set(writable -> pump());
        pump();
    }

    /** Whether the body has been read to its end, or the process reads no more of it. */
    boolean over() {
        return whole || refused || exchange.isRequestComplete();
    }

    /** Whether the process has closed its input. */
    boolean refused() {
        return refused;
    }

    /** Closes the process's input and discards the rest of the body. */
    void discard() {
        if (!refused && !done) {
            refused = true;
            IoUtils.safeClose(input);
            pump();
        }
    }

    /** Treats what has been read so far as the whole body, because the exchange has ended. */
    void finish() {
        whole = true;
        pump();
    }

    /** Aborts. Keeps the pipe open, so that the process does not take a truncated body for a complete one. */
    void stop() {
        if (done) {
            return;
        }
        done = true;
        request.suspendReads();
        input.suspendWrites();
        if (!pumping) {
            piece.free();
        }
    }

    /** Moves bytes. Reading the last of a request may end the exchange, which calls this method again. */
    private void pump() {
        if (done || pumping) {
            return;
        }
        pumping = true;
        try {
            pumpPieces();
        } catch (IOException broken) {
            // The request's channel itself reports its failure to the invocation.
            done = true;
        } finally {
            pumping = false;
        }
        piece.freeIfUnused(done);
    }

    private void pumpPieces() throws IOException {
        for (int i = 0; i < MAX_PIECES_AT_ONCE; i++) {
            if (!write(piece.bytes())) {
                request.suspendReads();
                input.resumeWrites();
                return;
            }
            if (whole) {
                end();
                return;
            }
            int read = request.read(piece.writableBuffer());
            piece.flip();
            if (invocation.requestIncomplete()) {
                watcher.requestBroken();
            }
            if (done) {
                return;
            }
            // A chunked body is complete with its last data; another read may consume bytes of the next request.
            whole |= read < 0 || exchange.isRequestComplete();
            if (read == 0 && !whole) {
                input.suspendWrites();
                request.resumeReads();
                return;
            }
        }
        request.suspendReads();
        input.suspendWrites();
        exchange.getIoThread().execute(this::pump);
    }

    /** True when all bytes are written, or discarded because the process reads no more. */
    private boolean write(ByteBuffer buffer) {
        try {
            while (buffer.hasRemaining() && !refused) {
                if (input.write(buffer) == 0) {
                    return false;
                }
            }
        } catch (IOException closed) {
            refused = true;
            IoUtils.safeClose(input);
            watcher.inputRefused();
        }
        buffer.position(buffer.limit());
        return true;
    }

    private void end() {
        done = true;
        request.suspendReads();
        IoUtils.safeClose(input);
    }
}
