package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns header lines, as they come from the wire, into a header map: the fields of a function's response and the
 * trailers of a chunked body (RFC 9112, 5 and 7.1.2).
 *
 * <p>Threads: none of its own; one instance belongs to one IO thread, since it remembers the names and values that it has seen.
 */
public final class HeaderLineParser {
    /** Undertow's builders grow by doubling, and are copied then and at the end. */
    private static final int MEMORY_OF_BYTE = 4;

    /** Objects and entries of maps, as measured, for a field or a parameter that has a name of its own. */
    private static final int MEMORY_OF_FIELD = 256;

    /** As many distinct names as the answers of one function use; what does not fit is made anew each time. */
    private static final int NAMES = 128;

    /** Longer ones are seldom the same in the next answer. */
    private static final int LONGEST_KEPT_VALUE = 64;

    private final @Nullable HttpString[] names = new HttpString[NAMES];
    private final @Nullable String[] values = new String[NAMES];

    /** Adds one line, without its line end, to {@code headers}. */
    public void add(byte[] line, int length, HeaderMap headers) throws MalformedMessageException {
        int colon = 0;
        int hash = 0;
        while (colon < length && line[colon] != ':') {
            if (!Tokens.isTokenByte(line[colon])) {
                throw new MalformedMessageException("a header name holds a character that is not allowed");
            }
            hash = 31 * hash + (line[colon] | 0x20);
            colon++;
        }
        if (colon == 0 || colon == length) {
            throw new MalformedMessageException("a header line has no name");
        }
        try {
            int slot = (hash ^ (hash >>> 7)) & (NAMES - 1);
            headers.add(name(slot, line, colon), value(slot, line, colon + 1, length));
        } catch (IllegalStateException full) {
            // Undertow counts the values of a name in one byte.
            throw new MalformedMessageException("more than 127 header lines have the same name");
        }
    }

    private HttpString name(int slot, byte[] line, int length) {
        HttpString known = names[slot];
        if (known != null && spells(known, line, length)) {
            return known;
        }
        HttpString name = new HttpString(Arrays.copyOf(line, length));
        names[slot] = name;
        return name;
    }

    /** To the letter: the function's own spelling goes on, not that of an earlier answer. */
    private static boolean spells(HttpString known, byte[] line, int length) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known.byteAt(i) != line[i]) {
                return false;
            }
        }
        return true;
    }

    /** Most values are those of the answer before. */
    private String value(int slot, byte[] line, int from, int to) throws MalformedMessageException {
        int start = from < to && line[from] == ' ' ? from + 1 : from;
        String known = values[slot];
        if (known != null && spells(known, line, start, to)) {
            return known;
        }
        String value = value(line, start, to);
        values[slot] = value.length() > LONGEST_KEPT_VALUE ? null : value;
        return value;
    }

    private static boolean spells(String known, byte[] line, int from, int to) {
        if (known.length() != to - from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (known.charAt(i - from) != (line[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** The value between optional white space; bytes above 127 pass as they are. */
    public static String value(byte[] line, int from, int to) throws MalformedMessageException {
        int start = from;
        int end = to;
        while (start < end && isBlank(line[start])) {
            start++;
        }
        while (end > start && isBlank(line[end - 1])) {
            end--;
        }
        for (int i = start; i < end; i++) {
            if (Tokens.isControlByte(line[i])) {
                throw new MalformedMessageException("a header value holds a control character");
            }
        }
        return new String(line, start, end - start, StandardCharsets.ISO_8859_1);
    }

    public static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** How many bytes of the heap so many bytes with so many fields take, at most. */
    public static long memory(int bytes, int fields) {
        return (long) bytes * MEMORY_OF_BYTE + (long) fields * MEMORY_OF_FIELD;
    }
}
