package dev.fnwatchdog.undertow.internal.connection;

import java.nio.ByteBuffer;

/**
 * Removes one empty line before a request line while the bytes are read, as some clients send it behind a body (RFC
 * 9112, 2.2; specification 7.19). Undertow's parser would refuse it.
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
final class LeadingEmptyLine {
    private enum State {
        CR,
        LF,
        PASSED
    }

    // Mutable state
    private State state = State.CR;

    /** Starts a head: the next byte is the first behind the previous request. */
    void begin() {
        state = State.CR;
    }

    /** Returns how many bytes are held back, for which the buffer of the next bytes must have room. */
    int keptBack() {
        return state == State.LF ? 1 : 0;
    }

    /** Removes what belongs to the empty line from the bytes between {@code from} and the buffer's position. */
    void remove(ByteBuffer bytes, int from) {
        int to = bytes.position();
        int i = from;
        if (i < to && state == State.CR) {
            state = bytes.get(i) == '\r' ? State.LF : State.PASSED;
            i += state == State.LF ? 1 : 0;
        }
        if (state == State.LF) {
            endLine(bytes, from, i, to);
        }
    }

    private void endLine(ByteBuffer bytes, int from, int lf, int to) {
        bytes.position(from);
        if (lf == to) {
            return;
        }
        state = State.PASSED;
        boolean empty = bytes.get(lf) == '\n';
        byte[] rest = new byte[empty ? to - lf - 1 : to - lf];
        bytes.get(to - rest.length, rest);
        if (!empty) {
            // A CR alone is malformed: it is the parser's to refuse.
            bytes.put((byte) '\r');
        }
        bytes.put(rest);
    }
}
