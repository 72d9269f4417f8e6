package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import dev.fnwatchdog.undertow.internal.http.HttpVersionToken;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http.RequestTargetReducer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Scans a request head while it arrives, for what Undertow's parser does not report: when the head began, its length,
 * and whether a field line is folded into the next one (RFC 9112, 5.2). The parser joins such lines without a trace;
 * two readers could interpret them differently, and the request is therefore refused (specification 7.15). The scanner
 * also records what else the parser changes, and restores it afterwards.
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
public final class RequestHeadScanner {
    private static final Pattern BLANKS = Pattern.compile("([ \\t])[ \\t]+");

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

    // Mutable state
    private State state = State.REQUEST_LINE;
    private boolean requestLine = true;
    private boolean folded;
    private int length;
    private int lineBegin;
    private int longestLine;
    private int fields;
    private int lines;
    private long firstByteNanos;
    private boolean repeatedBlanks;
    private final List<String> linesWithBlanks = new ArrayList<>(0);

    /** Starts a head: the next byte is its first. */
    public void begin() {
        emptyLine.begin();
        target.begin();
        version.begin();
        state = State.REQUEST_LINE;
        requestLine = true;
        folded = false;
        length = 0;
        lineBegin = 0;
        longestLine = 0;
        fields = 0;
        lines = 0;
        repeatedBlanks = false;
        linesWithBlanks.clear();
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
                    saveLineWithBlanks(bytes, line, i - 1);
                    endRequestLine(bytes, line, i - 1);
                    line = i - 1;
                    countLine(length + line - from);
                    folded |= HeaderLineParser.isBlank(b);
                    current = b == '\r' ? State.LAST_CR : State.LINE;
                }
                case LAST_CR -> current = b == '\n' ? State.END : State.LINE;
                case END -> throw new IllegalStateException();
            }
        }
        if (requestLine) {
            version.add(bytes, line, i);
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

    /** Ends the request line. An empty line before it does not count. */
    private void endRequestLine(ByteBuffer bytes, int from, int to) {
        if (requestLine) {
            version.add(bytes, from, to);
            requestLine = version.missing();
        }
    }

    /** Saves a line that has several blanks in a row, unless it has arrived in pieces. */
    private void saveLineWithBlanks(ByteBuffer bytes, int from, int to) {
        if (repeatedBlanks) {
            repeatedBlanks = false;
            byte[] line = new byte[to - from];
            bytes.get(from, line);
            linesWithBlanks.add(new String(line, StandardCharsets.ISO_8859_1).strip());
        }
    }

    /**
     * Restores what the parser has changed in a request, and what was hidden from it.
     */
    public void restore(HttpServerExchange exchange) {
        if (target.hasQuery()) {
            RequestTarget.setQuery(exchange, target.query());
        }
        for (int i = 0; i < linesWithBlanks.size(); i++) {
            restore(exchange.getRequestHeaders(), linesWithBlanks.get(i));
        }
    }

    private static void restore(HeaderMap headers, String line) {
        int colon = line.indexOf(':');
        HeaderValues values = colon < 0 ? null : headers.get(line.substring(0, colon));
        if (values == null) {
            return;
        }
        String value = line.substring(colon + 1).strip();
        String collapsed = BLANKS.matcher(value).replaceAll("$1");
        for (int i = 0; i < values.size(); i++) {
            // Several Cookie lines have become one.
            String current = values.get(i);
            int index = current.indexOf(collapsed);
            if (current.length() == collapsed.length()
                    ? index == 0
                    : index >= 0 && line.regionMatches(true, 0, "Cookie", 0, colon)) {
                values.set(i, current.substring(0, index) + value + current.substring(index + collapsed.length()));
                return;
            }
        }
    }
}
