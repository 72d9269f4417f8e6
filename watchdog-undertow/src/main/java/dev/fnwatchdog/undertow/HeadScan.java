package dev.fnwatchdog.undertow;

import java.nio.ByteBuffer;

/**
 * Looks at a request's head while it comes, for what Undertow's parser does not tell: when it began, its length, and
 * whether a header line goes on in the next one (RFC 9112, 5.2). The parser joins such lines without a trace, where two
 * readers could disagree about what they say, so the request is refused (contract 7).
 *
 * <p>Threads: belongs to one connection, so to its IO thread.
 */
final class HeadScan {
    private enum At {
        LINE,
        LINE_START,
        LAST_CR,
        END
    }

    // Mutable state
    private At at = At.LINE;
    private boolean folded;
    private int length;
    private long began;

    /** The next byte is the first of a head. */
    void begin() {
        at = At.LINE;
        folded = false;
        length = 0;
    }

    /** Whether a byte of the head has come. */
    boolean begun() {
        return length > 0;
    }

    /** When its first byte came, as {@link System#nanoTime()}. */
    long began() {
        return began;
    }

    /** Whether a line of the head goes on in the next one. */
    boolean folded() {
        return folded;
    }

    /** The head's bytes so far, with the empty line at its end. */
    int length() {
        return length;
    }

    /** Reads on; what is behind the head's end is passed over. */
    void scan(ByteBuffer bytes, int from, int to) {
        if (length == 0 && from < to) {
            began = System.nanoTime();
        }
        At now = at;
        int i = from;
        while (i < to && now != At.END) {
            byte b = bytes.get(i++);
            if (now == At.LINE) {
                now = b == '\n' ? At.LINE_START : At.LINE;
            } else if (now == At.LINE_START) {
                folded |= HeaderLines.isBlank(b);
                now = b == '\r' ? At.LAST_CR : At.LINE;
            } else {
                now = b == '\n' ? At.END : At.LINE;
            }
        }
        at = now;
        length += i - from;
    }
}
