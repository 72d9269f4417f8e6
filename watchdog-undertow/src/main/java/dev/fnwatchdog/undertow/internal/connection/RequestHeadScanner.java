package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import dev.fnwatchdog.undertow.internal.http.HttpVersionToken;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http.RequestTargetReducer;
import io.undertow.server.HttpServerExchange;
import java.nio.ByteBuffer;

/**
 * Reads a request head while it arrives, before Undertow's parser does, for what that parser refuses, changes or does
 * not report. For each of these duties a test fails without it:
 *
 * <ul>
 *   <li>An empty line before the request line is removed ({@link LeadingEmptyLine}, specification 7.19): Undertow refuses
 *       it.
 *   <li>Authority and query are removed from the target and restored ({@link RequestTargetReducer}, specification 3.8 to
 *       3.10): Undertow refuses an authority that differs from Host, and a stray percent sign in a query; it loses an
 *       empty query and the first of two question marks.
 *   <li>Repeated blanks in a value are restored ({@link RepeatedBlanks}, specification 3.13): Undertow leaves one.
 *   <li>A folded line is reported (RFC 9112, 5.2; specification 7.15): Undertow joins it with the line before. Two readers
 *       could interpret it differently, and it is refused.
 *   <li>The version is reported (specification 9.3): Undertow serves HTTP/9.9.
 *   <li>The number of lines is reported (specification 3.11): Undertow refuses the 128th field of a name with 400 instead
 *       of 431.
 *   <li>The time of the first byte is reported (specification 7.14): the timeouts of a request count from there.
 *   <li>The length is reported, and what the head costs of the heap (specification 7.13, 7.21): Undertow counts neither
 *       what arrives of a head nor what its parser keeps, and never sees the query.
 * </ul>
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
public final class RequestHeadScanner {
    private enum State {
        REQUEST_LINE,
        LINE,
        BLANK,
        LINE_START,
        LAST_CR,
        END
    }

    private final LeadingEmptyLine emptyLine = new LeadingEmptyLine();
    private final RequestTargetReducer target = new RequestTargetReducer();
    private final HttpVersionToken version = new HttpVersionToken();
    private final RepeatedBlanks blanks = new RepeatedBlanks();

    // Mutable state
    private State state = State.REQUEST_LINE;
    private boolean folded;
    private int length;
    private int lineBegin;
    private int longestLine;
    private int fields;
    private int lines;
    private long firstByteNanos;
    private boolean repeatedBlanks;

    /** Starts a head: the next byte is its first. */
    public void begin() {
        emptyLine.begin();
        target.begin();
        version.begin();
        blanks.begin();
        state = State.REQUEST_LINE;
        folded = false;
        length = 0;
        lineBegin = 0;
        longestLine = 0;
        fields = 0;
        lines = 0;
        repeatedBlanks = false;
    }

    /** Returns whether a byte of the head has arrived. */
    boolean started() {
        return length > 0;
    }

    /** Returns when the first byte of the head arrived, as {@link System#nanoTime()}. */
    long startNanos() {
        return firstByteNanos;
    }

    /** Returns whether a line of the head is folded into the next one. */
    public boolean folded() {
        return folded;
    }

    /** Returns how many bytes of the head have arrived, the empty line at its end included. */
    public int length() {
        return length + target.queryLength();
    }

    /** Returns the version of the request, known once the request line has arrived. */
    public HttpVersionToken version() {
        return version;
    }

    /** Returns whether the whole head has arrived. */
    boolean ended() {
        return state == State.END;
    }

    /** Returns how many bytes of the heap the head needs as far as it has arrived, at most. */
    long memory() {
        return HeaderLineParser.memory(length(), fields + target.parameters());
    }

    /** Returns how many lines have arrived, the request line included. */
    int lines() {
        return lines;
    }

    /** Returns how many bytes of the heap the parser keeps after the head, at most. */
    int keptByParser() {
        return 2 * longestLine;
    }

    /**
     * Returns the authority of an absolute target, or an empty string. Undertow never sees that authority, which it
     * would compare with Host.
     */
    public String authority() {
        return target.authority();
    }

    /** Returns for how many additional bytes the buffer of the next read must have room. */
    int keptBack() {
        return emptyLine.keptBack() + target.keptBack();
    }

    /**
     * Scans the bytes from {@code from} to the buffer's position, and removes what Undertow must not see. Bytes behind
     * the end of the head are ignored.
     */
    public void read(ByteBuffer bytes, int from) {
        emptyLine.remove(bytes, from);
        if (length == 0 && from < bytes.position()) {
            firstByteNanos = System.nanoTime();
        }
        target.reduce(bytes, from);
        scan(bytes, from, bytes.position());
    }

    private void scan(ByteBuffer bytes, int from, int to) {
        State current = state;
        int line = from;
        int i = from;
        while (i < to && current != State.END) {
            if (current == State.LINE) {
                // The fast path: nearly all bytes are in this state.
                while (i < to && bytes.get(i) > ' ') {
                    i++;
                }
                if (i == to) {
                    break;
                }
            }
            byte b = bytes.get(i++);
            switch (current) {
                case REQUEST_LINE -> {
                    // The parameters of the path.
                    fields += b == ';' ? 1 : 0;
                    current = b == '\n' ? State.LINE_START : State.REQUEST_LINE;
                }
                case LINE, BLANK -> {
                    boolean blank = b == ' ' || b == '\t';
                    repeatedBlanks |= blank && current == State.BLANK;
                    current = blank ? State.BLANK : b == '\n' ? State.LINE_START : State.LINE;
                }
                case LINE_START -> {
                    endLine(bytes, line, i - 1);
                    line = i - 1;
                    countLine(length + line - from);
                    folded |= HeaderLineParser.isBlank(b);
                    current = b == '\r' ? State.LAST_CR : State.LINE;
                }
                case LAST_CR -> current = b == '\n' ? State.END : State.LINE;
                case END -> throw new IllegalStateException();
            }
        }
        if (lines == 0) {
            version.add(bytes, line, i);
        } else if (current != State.END) {
            blanks.addPartial(bytes, line, i);
        }
        state = current;
        length += i - from;
        longestLine = Math.max(longestLine, length - lineBegin);
    }

    private void countLine(int end) {
        fields++;
        lines++;
        longestLine = Math.max(longestLine, end - lineBegin);
        lineBegin = end;
    }

    private void endLine(ByteBuffer bytes, int from, int to) {
        if (lines == 0) {
            version.add(bytes, from, to);
        } else {
            blanks.endLine(bytes, from, to, repeatedBlanks);
        }
        repeatedBlanks = false;
    }

    /**
     * Restores what the parser has changed in a request, and what was hidden from it.
     */
    public void restore(HttpServerExchange exchange) {
        if (target.hasQuery()) {
            RequestTarget.setQuery(exchange, target.query());
        }
        blanks.restore(exchange.getRequestHeaders());
    }
}
