package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.internal.invocation.BodyPiece;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
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
@IoThread
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

    /** What becomes of the body. */
    enum State {
        /** It is written to the process while it arrives. */
        READING,
        /** It has been read to its end, and the rest of it is being written. */
        LAST_PIECE,
        /** The process reads no more, and the rest is read and dropped. */
        DISCARDING,
        /** The process has been given the whole body. */
        WRITTEN,
        /** The process did not read all of it, and nothing more of it is read. */
        DISCARDED,
        /** Aborted, while the process would have read more. */
        STOPPED;

        private boolean canBecome(State next) {
            return switch (this) {
                case READING -> next == LAST_PIECE || next == DISCARDING || next == STOPPED;
                case LAST_PIECE -> next == WRITTEN || next == DISCARDED || next == STOPPED;
                case DISCARDING -> next == DISCARDED;
                case WRITTEN, DISCARDED, STOPPED -> false;
            };
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }

        private boolean isDone() {
            return compareTo(WRITTEN) >= 0;
        }
    }

    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final StreamSourceChannel request;
    private final StreamSinkChannel input;
    private final Watcher watcher;
    private final BodyPiece piece;

    // Mutable state
    private State state = State.READING;
    private boolean pumping;

    RequestPump(Invocation invocation, StreamSinkChannel input, Watcher watcher) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.request = exchange.getRequestChannel();
        this.input = input;
        this.watcher = watcher;
        this.piece = new BodyPiece(invocation);
    }

    void start() {
        if (exchange.isRequestComplete()) {
            state = state.to(State.LAST_PIECE);
        }
        request.getReadSetter().set(readable -> pump());
        input.getWriteSetter().set(writable -> pump());
        pump();
    }

    /** Whether the body has been read to its end, or the process reads no more of it. */
    boolean over() {
        return (state != State.READING && state != State.STOPPED) || exchange.isRequestComplete();
    }

    /** Whether the process has closed its input. */
    boolean refused() {
        return state == State.DISCARDING || state == State.DISCARDED;
    }

    /** Closes the process's input and discards the rest of the body. */
    void discard() {
        if (state == State.READING || state == State.LAST_PIECE) {
            refuse();
            pump();
        }
    }

    /** Treats what has been read so far as the whole body, because the exchange has ended. */
    void finish() {
        bodyRead();
        pump();
    }

    /** Aborts. Keeps the pipe open, so that the process does not take a truncated body for a complete one. */
    void stop() {
        if (state.isDone()) {
            return;
        }
        breakOff();
        request.suspendReads();
        input.suspendWrites();
        freeUnlessPumping();
    }

    private void breakOff() {
        if (!state.isDone()) {
            state = state.to(state == State.DISCARDING ? State.DISCARDED : State.STOPPED);
        }
    }

    /** Moves bytes. Reading the last of a request may end the exchange, which calls this method again. */
    private void pump() {
        assert invocation.loop().isCurrent() : "on " + Thread.currentThread();
        if (state.isDone() || pumping) {
            return;
        }
        pumping = true;
        try {
            pumpPieces();
        } catch (IOException broken) {
            // The request's channel itself reports its failure to the invocation.
            breakOff();
        } finally {
            pumping = false;
        }
        piece.freeIfUnused(state.isDone());
    }

    private void pumpPieces() throws IOException {
        for (int i = 0; i < MAX_PIECES_AT_ONCE; i++) {
            if (!write(piece.bytes())) {
                request.suspendReads();
                input.resumeWrites();
                return;
            }
            if (state == State.LAST_PIECE) {
                end(State.WRITTEN);
            }
            if (state.isDone()) {
                return;
            }
            int read = request.read(piece.writableBuffer());
            piece.flip();
            if (invocation.requestIncomplete()) {
                watcher.requestBroken();
            }
            // A chunked body is complete with its last data; another read may consume bytes of the next request.
            if (read < 0 || exchange.isRequestComplete()) {
                bodyRead();
            }
            if (state.isDone()) {
                return;
            }
            if (read == 0 && state != State.LAST_PIECE) {
                input.suspendWrites();
                request.resumeReads();
                return;
            }
        }
        request.suspendReads();
        input.suspendWrites();
        exchange.getIoThread().execute(this::pump);
    }

    private void bodyRead() {
        if (state == State.READING) {
            state = state.to(State.LAST_PIECE);
        } else if (state == State.DISCARDING) {
            end(State.DISCARDED);
        }
    }

    /** True when all bytes are written, or discarded because the process reads no more. */
    private boolean write(ByteBuffer buffer) {
        try {
            while (buffer.hasRemaining() && !refused()) {
                if (input.write(buffer) == 0) {
                    return false;
                }
            }
        } catch (IOException closed) {
            refuse();
            watcher.inputRefused();
        }
        buffer.position(buffer.limit());
        return true;
    }

    /** The process reads no more. */
    private void refuse() {
        if (state == State.LAST_PIECE) {
            end(State.DISCARDED);
        } else {
            state = state.to(State.DISCARDING);
            IoUtils.safeClose(input);
        }
    }

    private void end(State result) {
        state = state.to(result);
        request.suspendReads();
        IoUtils.safeClose(input);
        freeUnlessPumping();
    }

    private void freeUnlessPumping() {
        if (!pumping) {
            piece.free();
        }
    }
}
