package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the framing out of a chunked body (RFC 9112, 7.1), in place and strictly: a body that two readers could take
 * apart differently is an error. Undertow's own reader skips what it does not understand, which a proxy must not do.
 *
 * <p>Threads: belongs to one body, so to one IO thread.
 */
public final class ChunkDecoder {
    /** Trailers of a response: as many as fit into one buffer with what Undertow writes between names and values. */
    public static final int MAX_RESPONSE_TRAILERS = 12 * 1024;

    /** A chunk's size line, extensions and all: no sender has a reason for more. */
    private static final int LONGEST_SIZE_LINE = 16 * 1024;

    /** Fifteen digits: a length that fits a signed long. */
    private static final int MOST_DIGITS = 15;

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

    private final HeaderLineParser lines;
    private final int longestTrailers;

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

    /** @param longestTrailers bytes that the trailers may take: they count with the head of their message (contract 7) */
    public ChunkDecoder(HeaderLineParser lines, int longestTrailers) {
        this.lines = lines;
        this.longestTrailers = longestTrailers;
    }

    /** Whether the last chunk and its trailers have been read. */
    public boolean done() {
        return state == State.DONE;
    }

    /** How many bytes of the heap what has come of the trailers takes, at most. */
    public long trailersMemory() {
        return HeaderLineParser.memory(trailersTotal, trailerLines);
    }

    /** The trailers, complete once {@link #done()}. */
    public HeaderMap trailers() {
        return trailers;
    }

    /**
     * Decodes the bytes from {@code from} to the buffer's position: the data is moved down to {@code from}, and the
     * position set behind it. What follows the end of the body is left between the returned index and the position as it
     * was before the call; it is that position where nothing follows.
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
            } else if (!framing(buffer.get(read++), write > from)) {
                break;
            }
        }
        buffer.position(write);
        return read;
    }

    /** False where the byte is wrong, and the data before it is to be passed on before that is told. */
    private boolean framing(byte b, boolean dataBefore) throws MalformedMessageException {
        try {
            framing(b);
            return true;
        } catch (MalformedMessageException malformed) {
            if (!dataBefore) {
                throw malformed;
            }
            failure = malformed;
            return false;
        }
    }

    private void framing(byte b) throws MalformedMessageException {
        switch (state) {
            case SIZE -> size(b);
            case BLANK -> blank(b);
            case EXTENSION -> extension(b);
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
            case TRAILER -> trailer(b);
            case DATA, DONE -> throw new IllegalStateException(state.name());
        }
    }

    private void startSize() {
        state = State.SIZE;
        remaining = 0;
        digits = 0;
        sizeLine = 0;
    }

    private void size(byte b) throws MalformedMessageException {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            remaining = remaining << 4 | digit;
            if (++digits > MOST_DIGITS) {
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

    /** Blanks may stand before an extension, and some senders fill the line up with them. */
    private void blank(byte b) throws MalformedMessageException {
        if (b == '\r') {
            state = State.SIZE_LF;
        } else if (b == ';') {
            state = State.EXTENSION;
        } else if (!HeaderLineParser.isBlank(b) || ++sizeLine > LONGEST_SIZE_LINE) {
            throw new MalformedMessageException("a chunk's size is not a number");
        }
    }

    private void extension(byte b) throws MalformedMessageException {
        if (b == '\r') {
            state = State.SIZE_LF;
        } else if (Tokens.isControlByte(b) || ++sizeLine > LONGEST_SIZE_LINE) {
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

    private void trailer(byte b) throws MalformedMessageException {
        if (++trailersTotal > longestTrailers) {
            throw new MalformedMessageException("the trailers are longer than %d bytes".formatted(longestTrailers));
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
            lines.add(trailer, trailerLength - 1, trailers);
        }
        trailerLength = 0;
    }
}
