package dev.fnwatchdog.undertow;

import java.nio.ByteBuffer;

/**
 * Looks for header lines that go on in the next one (RFC 9112, 5.2). Undertow's parser joins them without a trace; two
 * readers could disagree about what such a line says, so the request is refused (contract 7).
 *
 * <p>Threads: belongs to one connection, so to its IO thread.
 */
final class FoldedLines {
    private enum At {
        LINE,
        LINE_START,
        LAST_CR,
        END
    }

    // Mutable state
    private At at = At.LINE;
    private boolean found;

    /** The next byte is the first of a head. */
    void begin() {
        at = At.LINE;
        found = false;
    }

    /** Whether the head that was read last has such a line. */
    boolean found() {
        return found;
    }

    /** Reads on; what is behind the head's end is passed over. */
    void scan(ByteBuffer bytes, int from, int to) {
        At now = at;
        for (int i = from; i < to && now != At.END; i++) {
            byte b = bytes.get(i);
            if (now == At.LINE) {
                now = b == '\n' ? At.LINE_START : At.LINE;
            } else if (now == At.LINE_START) {
                found |= HeaderLines.isBlank(b);
                now = b == '\r' ? At.LAST_CR : At.LINE;
            } else {
                now = b == '\n' ? At.END : At.LINE;
            }
        }
        at = now;
    }
}
