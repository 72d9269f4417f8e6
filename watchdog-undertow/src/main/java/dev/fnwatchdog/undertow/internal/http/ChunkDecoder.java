package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Removes the framing from a chunked body (RFC 9112, 7.1), in place and strictly: a body that two readers could decode
 * differently is an error (specification 7.17). Undertow's own reader skips what it does not understand, which a proxy
 * must not do.
 *
 * <p>Threads: belongs to one body, and so to one I/O thread.
 */
public final class ChunkDecoder {
    /**
     * The most bytes of a response's trailers: they fit into one buffer with what Undertow writes between names and
     * values (specification 3.35).
     */
    public static final int MAX_RESPONSE_TRAILERS = 12 * 1024;

    /** The most bytes of a chunk's size line with its extensions: no sender has a reason for more. */
    private static final int MAX_SIZE_LINE = 16 * 1024;

    /** The most digits of a chunk's size, which then fits into a signed long. */
    private static final int MAX_DIGITS = 15;

    private enum State {
        SIZE,
        BLANK,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER,
        DONE
    }

    private final int maxTrailers;

    // Mutable state
    private State state = State.SIZE;
    private long remaining;
    private int digits;
    private int sizeLine;
    private byte[] trailer = new byte[0];
    private int trailerLength;
    private int trailersTotal;
    private int trailerLines;
    private HeaderMap trailers = new HeaderMap();
    private @Nullable MalformedMessageException failure;

    /**
     * @param maxTrailers the most bytes of the trailers, which count with the head of their message (specification
     *     7.13)
     */
    public ChunkDecoder(int maxTrailers) {
        this.maxTrailers = maxTrailers;
    }

    /** Returns whether the last chunk and its trailers have been read. */
    public boolean done() {
        return state == State.DONE;
    }

    /** Returns how many bytes of the heap the trailers need as far as they have arrived, at most. */
    public long trailersMemory() {
        return HeaderLineParser.memory(trailersTotal, trailerLines);
    }

    /** Returns the trailers, which are complete once {@link #done()} returns true. */
    public HeaderMap trailers() {
        return trailers;
    }

    /**
     * Decodes the bytes from {@code from} to the buffer's position: moves the data down to {@code from}, and sets the
     * position behind it. What follows the end of the body is left between the returned index and the position before
     * this call; where nothing follows, the returned index is that position.
     */
    public int decode(ByteBuffer buffer, int from) throws MalformedMessageException {
        if (failure != null) {
            throw failure;
        }
        int end = buffer.position();
        int read = from;
        int write = from;
        while (read < end && state != State.DONE) {
            if (state == State.DATA) {
                int data = (int) Math.min(remaining, end - read);
                if (read != write) {
                    buffer.put(write, buffer, read, data);
                }
                read += data;
                write += data;
                remaining -= data;
                state = remaining == 0 ? State.DATA_CR : State.DATA;
            } else if (!tryDecodeFraming(buffer.get(read++), write > from)) {
                break;
            }
        }
        buffer.position(write);
        return read;
    }

    /**
     * Returns false where the byte is malformed, and the data before it must be passed on before that error is thrown.
     */
    private boolean tryDecodeFraming(byte b, boolean dataBefore) throws MalformedMessageException {
        try {
            decodeFraming(b);
            return true;
        } catch (MalformedMessageException malformed) {
            if (!dataBefore) {
                throw malformed;
            }
            failure = malformed;
            return false;
        }
    }

    private void decodeFraming(byte b) throws MalformedMessageException {
        switch (state) {
            case SIZE -> decodeSize(b);
            case BLANK -> decodeBlank(b);
            case EXTENSION -> decodeExtension(b);
            case SIZE_LF -> {
                expect(b, '\n');
                endSizeLine();
            }
            case DATA_CR -> {
                expect(b, '\r');
                state = State.DATA_LF;
            }
            case DATA_LF -> {
                expect(b, '\n');
                startSize();
            }
            case TRAILER -> decodeTrailer(b);
            case DATA, DONE -> throw new IllegalStateException(state.name());
        }
    }

    private void startSize() {
        state = State.SIZE;
        remaining = 0;
        digits = 0;
        sizeLine = 0;
    }

    private void decodeSize(byte b) throws MalformedMessageException {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            remaining = remaining << 4 | digit;
            if (++digits > MAX_DIGITS) {
                throw new MalformedMessageException("a chunk's size has too many digits");
            }
        } else if (digits == 0) {
            throw new MalformedMessageException("a chunk's size is not a number");
        } else if (b == '\r') {
            state = State.SIZE_LF;
        } else if (b == ';') {
            state = State.EXTENSION;
        } else if (HeaderLineParser.isBlank(b)) {
            state = State.BLANK;
        } else {
            throw new MalformedMessageException("a chunk's size is not a number");
        }
    }

    /** Blanks are permitted before an extension, and some senders pad the line with them. */
    private void decodeBlank(byte b) throws MalformedMessageException {
        if (b == '\r') {
            state = State.SIZE_LF;
        } else if (b == ';') {
            state = State.EXTENSION;
        } else if (!HeaderLineParser.isBlank(b) || ++sizeLine > MAX_SIZE_LINE) {
            throw new MalformedMessageException("a chunk's size is not a number");
        }
    }

    private void decodeExtension(byte b) throws MalformedMessageException {
        if (b == '\r') {
            state = State.SIZE_LF;
        } else if (Tokens.isControlByte(b) || ++sizeLine > MAX_SIZE_LINE) {
            throw new MalformedMessageException("a chunk's extension is malformed or too long");
        }
    }

    private void endSizeLine() {
        state = remaining == 0 ? State.TRAILER : State.DATA;
    }

    private static void expect(byte b, char expected) throws MalformedMessageException {
        if (b != expected) {
            throw new MalformedMessageException("a chunk does not end where its size says");
        }
    }

    private void decodeTrailer(byte b) throws MalformedMessageException {
        if (++trailersTotal > maxTrailers) {
            throw new MalformedMessageException("the trailers are longer than %d bytes".formatted(maxTrailers));
        }
        if (b != '\n') {
            if (trailerLength == trailer.length) {
                trailer = Arrays.copyOf(trailer, Math.max(64, trailerLength * 2));
            }
            trailer[trailerLength++] = b;
            return;
        }
        if (trailerLength == 0 || trailer[trailerLength - 1] != '\r') {
            throw new MalformedMessageException("a trailer line does not end with CR LF");
        }
        if (trailerLength == 1) {
            state = State.DONE;
        } else {
            trailerLines++;
            HeaderLineParser.add(trailer, trailerLength - 1, trailers);
        }
        trailerLength = 0;
    }
}
