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
 * Writes a request's body to a process while it arrives, and no faster than the process reads. What a process does not want
 * is read all the same, and dropped, so that the client comes to its end.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class RequestPump {
    /** A client and a process that are both fast must not keep the others of their IO thread waiting. */
    private static final int MOST_PIECES_AT_ONCE = 16;

    /** Is told of what happens to the body. */
    interface Watcher {
        /** The process reads no more, although there may be more. */
        void inputRefused();

        /** The client has not sent all of it, and will not. */
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

    /** Whether the body has been read to its end, or nobody wants the rest of it. */
    boolean over() {
        return whole || refused || exchange.isRequestComplete();
    }

    /** Whether the process reads no more. */
    boolean refused() {
        return refused;
    }

    /** Nobody reads any more what there may still come. */
    void discard() {
        if (!refused && !done) {
            refused = true;
            IoUtils.safeClose(input);
            pump();
        }
    }

    /** The exchange is over: what has been read of it is the whole body. */
    void finish() {
        whole = true;
        pump();
    }

    /** The call is given up. The pipe is left as it is, so that the process does not take a part for the whole. */
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

    /** Reading the last of a request may end the exchange, and then comes back here. */
    private void pump() {
        if (done || pumping) {
            return;
        }
        pumping = true;
        try {
            pumpPieces();
        } catch (IOException broken) {
            // Its own source tells the call of what goes wrong there.
            done = true;
        } finally {
            pumping = false;
        }
        piece.freeIfUnused(done);
    }

    private void pumpPieces() throws IOException {
        for (int i = 0; i < MOST_PIECES_AT_ONCE; i++) {
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
            // A chunked body is complete with its last data; asked again, it may belong to the next request.
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

    /** True when the process, or nobody, has it all. */
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
