package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http.AbsoluteTargetReducer;
import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import dev.fnwatchdog.undertow.internal.http.HttpVersionToken;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Looks at a request's head while it comes, for what Undertow's parser does not tell: when it began; its length; whether a
 * header line goes on in the next one (RFC 9112, 5.2), which the parser joins without a trace, where two readers could
 * disagree about what they say, so that the request is refused (contract 7); and what else the parser changes, so that it
 * can be put right.
 *
 * <p>Threads: belongs to one connection, so to its IO thread.
 */
public final class RequestHeadScanner {
    private static final Pattern BLANKS = Pattern.compile("([ \\t])[ \\t]+");

    private enum At {
        PATH,
        QUERY,
        PARAMETERS,
        LINE,
        BLANK,
        LINE_START,
        LAST_CR,
        END
    }

    private final AbsoluteTargetReducer target = new AbsoluteTargetReducer();
    private final NumericHost host = new NumericHost();
    private final HttpVersionToken version = new HttpVersionToken();

    // Mutable state
    private At at = At.PATH;
    private boolean requestLine = true;
    private boolean folded;
    private boolean doubleQuestion;
    private int length;
    private int lineBegin;
    private int longestLine;
    private int fields;
    private int lines;
    private long startNanos;
    private boolean blanks;
    private final List<String> blankLines = new ArrayList<>(0);

    /** The next byte is the first of a head. */
    void begin() {
        target.begin();
        host.begin();
        version.begin();
        at = At.PATH;
        requestLine = true;
        folded = false;
        doubleQuestion = false;
        length = 0;
        lineBegin = 0;
        longestLine = 0;
        fields = 0;
        lines = 0;
        blanks = false;
        blankLines.clear();
    }

    /** Whether a byte of the head has come. */
    boolean started() {
        return length > 0;
    }

    /** When its first byte came, as {@link System#nanoTime()}. */
    long startNanos() {
        return startNanos;
    }

    /** Whether a line of the head goes on in the next one. */
    public boolean folded() {
        return folded;
    }

    /** The head's bytes so far, with the empty line at its end. */
    public int length() {
        return length;
    }

    /** The request's version, once its line has come. */
    public HttpVersionToken version() {
        return version;
    }

    /** Whether all of it has come. */
    boolean ended() {
        return at == At.END;
    }

    /** How many bytes of the heap what has come of it takes, at most. */
    long memory() {
        return HeaderLineParser.memory(length, fields);
    }

    /** How many lines have come, the request line among them. */
    int lines() {
        return lines;
    }

    /** How many bytes of the heap the parser keeps for the next head, at most. */
    int keptByParser() {
        return 2 * longestLine;
    }

    /** The authority of an absolute target, or nothing. It is not Undertow's to see: it would take Host for it. */
    public String authority() {
        return target.authority();
    }

    /** For how many bytes more the buffer of the next ones must have room. */
    int keptBack() {
        return target.keptBack();
    }

    /** Reads on, from {@code from} to the buffer's position; what is behind the head's end is passed over. */
    void read(ByteBuffer bytes, int from) {
        if (length == 0 && from < bytes.position()) {
            startNanos = System.nanoTime();
        }
        target.reduce(bytes, from);
        scan(bytes, from, bytes.position());
    }

    private void scan(ByteBuffer bytes, int from, int to) {
        At now = at;
        int line = from;
        int i = from;
        while (i < to && now != At.END) {
            if (now == At.LINE) {
                // As nearly all are.
                while (i < to && bytes.get(i) > ' ') {
                    i++;
                }
                if (i == to) {
                    break;
                }
            }
            byte b = bytes.get(i++);
            switch (now) {
                case PATH -> {
                    now = b == '?' ? At.QUERY : b == '\n' ? At.LINE_START : At.PATH;
                    fields += b == ';' ? 1 : 0;
                }
                case QUERY -> {
                    doubleQuestion = b == '?';
                    now = afterParameter(b);
                }
                case PARAMETERS -> now = afterParameter(b);
                case LINE, BLANK -> {
                    boolean blank = b == ' ' || b == '\t';
                    blanks |= blank && now == At.BLANK;
                    now = blank ? At.BLANK : b == '\n' ? At.LINE_START : At.LINE;
                }
                case LINE_START -> {
                    keep(bytes, line, i - 1);
                    endLine(bytes, line, i - 1);
                    line = i - 1;
                    endLine(length + line - from);
                    folded |= HeaderLineParser.isBlank(b);
                    if (!target.absolute()) {
                        // Else Undertow may compare the two.
                        host.mask(bytes, line, to);
                    }
                    now = b == '\r' ? At.LAST_CR : At.LINE;
                }
                case LAST_CR -> now = b == '\n' ? At.END : At.LINE;
                case END -> throw new IllegalStateException();
            }
        }
        if (requestLine) {
            version.add(bytes, line, i);
        }
        at = now;
        length += i - from;
        longestLine = Math.max(longestLine, length - lineBegin);
    }

    private At afterParameter(byte b) {
        fields += b == '&' || b == ';' ? 1 : 0;
        return b == '\n' ? At.LINE_START : b == ' ' ? At.BLANK : At.PARAMETERS;
    }

    private void endLine(int end) {
        fields++;
        lines++;
        longestLine = Math.max(longestLine, end - lineBegin);
        lineBegin = end;
    }

    /** An empty line before the request line is none. */
    private void endLine(ByteBuffer bytes, int from, int to) {
        if (requestLine) {
            version.add(bytes, from, to);
            requestLine = version.missing();
        }
    }

    /** A line that has several blanks in a row is kept as it is, unless it has come in pieces. */
    private void keep(ByteBuffer bytes, int from, int to) {
        if (blanks) {
            blanks = false;
            byte[] line = new byte[to - from];
            bytes.get(from, line);
            blankLines.add(new String(line, StandardCharsets.ISO_8859_1).strip());
        }
    }

    /** Puts right what the parser has changed of a request, as the second of two question marks, and what was hidden from it. */
    public void restore(HttpServerExchange exchange) {
        if (doubleQuestion) {
            // The exchange takes one away, as it did before.
            exchange.setQueryString("??" + exchange.getQueryString());
        }
        for (int i = 0; i < blankLines.size(); i++) {
            restore(exchange.getRequestHeaders(), blankLines.get(i));
        }
        host.restore(exchange.getRequestHeaders());
    }

    private static void restore(HeaderMap headers, String line) {
        int colon = line.indexOf(':');
        HeaderValues values = colon < 0 ? null : headers.get(line.substring(0, colon));
        if (values == null) {
            return;
        }
        String value = line.substring(colon + 1).strip();
        String changed = BLANKS.matcher(value).replaceAll("$1");
        for (int i = 0; i < values.size(); i++) {
            // Several Cookie lines have become one.
            String now = values.get(i);
            int at = now.indexOf(changed);
            if (now.length() == changed.length()
                    ? at == 0
                    : at >= 0 && line.regionMatches(true, 0, "Cookie", 0, colon)) {
                values.set(i, now.substring(0, at) + value + now.substring(at + changed.length()));
                return;
            }
        }
    }
}
