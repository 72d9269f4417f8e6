package dev.fnwatchdog.undertow.internal.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reduces a request target to its path while it is read, and keeps what it removes:
 *
 * <ul>
 *   <li>scheme and authority of a target in absolute form (RFC 9112, 3.2.2; specification 3.10): Undertow refuses a
 *       target whose authority differs from Host, although Host does not count then;
 *   <li>the query: Undertow refuses a percent sign without two hexadecimal digits (specification 3.8), and loses an
 *       empty query and the first of two question marks (specification 3.5, 3.9).
 * </ul>
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
public final class RequestTargetReducer {
    /** The most bytes of scheme and authority. Longer ones stay in the target, as malformed ones do, and it is refused. */
    private static final int MAX_PREFIX = 512;

    /** The most characters of a query for which memory is kept until the next request. */
    private static final int MAX_KEPT_QUERY = 256;

    private static final Pattern PREFIX = Pattern.compile(
            "[A-Za-z][A-Za-z0-9+.-]*://((?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=-]+)(?::[0-9]{0,5})?)");

    private enum State {
        METHOD,
        TARGET,
        AUTHORITY,
        PATH,
        QUESTION_MARK,
        QUERY,
        REST
    }

    // Mutable state
    private State state = State.METHOD;
    private String authority = "";
    private final StringBuilder prefix = new StringBuilder();
    private boolean queried;
    private int parameters;
    private final StringBuilder query = new StringBuilder();

    /** Starts a head: the next byte is its first. */
    public void begin() {
        state = State.METHOD;
        authority = "";
        prefix.setLength(0);
        queried = false;
        parameters = 0;
        query.setLength(0);
        if (query.capacity() > MAX_KEPT_QUERY) {
            query.trimToSize();
        }
    }

    /** Returns the authority of the target, with its user information, or an empty string where it has none. */
    public String authority() {
        return authority;
    }

    /** Returns whether the target has a query, be it empty. */
    public boolean hasQuery() {
        return queried;
    }

    /** Returns the query without its question mark, one character for each byte. */
    public String query() {
        return query.toString();
    }

    /** Returns the number of bytes of the query and its question mark that have arrived. */
    public int queryLength() {
        return queried ? 1 + query.length() : 0;
    }

    /** Returns the number of separators between parameters in the query. */
    public int parameters() {
        return parameters;
    }

    /**
     * Returns how many bytes are held back, for which the buffer of the next bytes must have room; one for a slash is
     * included.
     */
    public int keptBack() {
        return state == State.AUTHORITY ? prefix.length() + 1 : 0;
    }

    /**
     * Processes the bytes from {@code from} to the buffer's position, which have just been read, and removes scheme,
     * authority and query.
     */
    public void reduce(ByteBuffer bytes, int from) {
        int to = bytes.position();
        int i = from;
        while (i < to && state == State.METHOD) {
            state = bytes.get(i++) == ' ' ? State.TARGET : State.METHOD;
        }
        if (i < to && state == State.TARGET) {
            state = Character.isLetter(bytes.get(i)) ? State.AUTHORITY : State.PATH;
        }
        if (state == State.AUTHORITY) {
            removePrefix(bytes, i, to);
        }
        if (state == State.PATH) {
            i = endOfPath(bytes, i);
        }
        if (state == State.QUESTION_MARK || state == State.QUERY) {
            removeQuery(bytes, i);
        }
    }

    private void removePrefix(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i < to && !isEndOfPrefix(bytes.get(i))) {
            prefix.append((char) (bytes.get(i++) & 0xff));
        }
        bytes.position(from);
        if (i < to) {
            state = State.PATH;
            byte[] rest = new byte[to - i];
            bytes.get(i, rest);
            bytes.put(replacement(rest[0]).getBytes(StandardCharsets.ISO_8859_1))
                    .put(rest);
        }
    }

    /** Returns whether this byte ends scheme and authority. */
    private boolean isEndOfPrefix(byte b) {
        if (b == '/') {
            int length = prefix.length();
            boolean first = length > 0 && prefix.charAt(length - 1) == ':';
            boolean second = length > 1 && prefix.charAt(length - 1) == '/' && prefix.charAt(length - 2) == ':';
            return !first && !second;
        }
        return b == '?' || isEndOfTarget(b) || prefix.length() == MAX_PREFIX;
    }

    private static boolean isEndOfTarget(byte b) {
        return b >= 0 && b <= ' ';
    }

    /** Returns what is put before the rest of the target, whose first byte is {@code next}. */
    private String replacement(byte next) {
        Matcher matcher = PREFIX.matcher(prefix);
        boolean ended = next == '/' || next == '?' || isEndOfTarget(next);
        if (!ended || !matcher.matches()) {
            return prefix.toString();
        }
        authority = matcher.group(1);
        return next == '/' ? "" : "/";
    }

    /** Returns the index of the byte that ends the path, or the buffer's position where it has not arrived. */
    private int endOfPath(ByteBuffer bytes, int from) {
        int to = bytes.position();
        for (int i = from; i < to; i++) {
            byte b = bytes.get(i);
            if (b == '?' || isEndOfTarget(b)) {
                state = b == '?' ? State.QUESTION_MARK : State.REST;
                return i;
            }
        }
        return to;
    }

    private void removeQuery(ByteBuffer bytes, int from) {
        int to = bytes.position();
        int i = from;
        if (state == State.QUESTION_MARK) {
            state = State.QUERY;
            queried = true;
            i++;
        }
        while (i < to && !isEndOfTarget(bytes.get(i))) {
            byte b = bytes.get(i++);
            parameters += b == '&' || b == ';' ? 1 : 0;
            query.append((char) (b & 0xff));
        }
        state = i < to ? State.REST : State.QUERY;
        bytes.put(from, bytes, i, to - i).position(from + to - i);
    }
}
