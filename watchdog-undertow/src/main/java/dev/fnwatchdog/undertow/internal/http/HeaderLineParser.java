package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses field lines, as they are on the wire, into a header map: the fields of a function's response and the trailers
 * of a chunked body (RFC 9112, 5 and 7.1.2).
 *
 * <p>Threads: one instance belongs to one I/O thread, because it caches the names and values that it has seen.
 */
public final class HeaderLineParser {
    /** The bytes of heap for each byte: Undertow's builders grow by doubling, and are copied then and at the end. */
    private static final int MEMORY_OF_BYTE = 4;

    /**
     * The bytes of heap, as measured, for the objects and map entries of a field or a parameter that has a name of its
     * own.
     */
    private static final int MEMORY_OF_FIELD = 256;

    /**
     * The size of the cache: as many distinct names as the responses of one function use. What does not fit is created
     * again each time.
     */
    private static final int CACHE_SIZE = 128;

    /** Longer values are seldom the same in the next response. */
    private static final int MAX_CACHED_VALUE = 64;

    private final @Nullable HttpString[] names = new HttpString[CACHE_SIZE];
    private final @Nullable String[] values = new String[CACHE_SIZE];

    /** Adds one line, without its line end, to {@code headers}. */
    public void add(byte[] line, int length, HeaderMap headers) throws MalformedMessageException {
        if (addIfNamed(line, length, headers) == null) {
            throw new MalformedMessageException("the name of a header field is not a token");
        }
    }

    /**
     * Adds one line to {@code headers}, unless it has no name that is a token directly before a colon.
     *
     * @return the name, or null where nothing was added
     */
    public @Nullable HttpString addIfNamed(byte[] line, int length, HeaderMap headers)
            throws MalformedMessageException {
        int colon = 0;
        int hash = 0;
        while (colon < length && Tokens.isTokenByte(line[colon])) {
            hash = 31 * hash + (line[colon] | 0x20);
            colon++;
        }
        if (colon == 0 || colon == length || line[colon] != ':') {
            return null;
        }
        try {
            int slot = (hash ^ (hash >>> 7)) & (CACHE_SIZE - 1);
            HttpString name = cachedName(slot, line, colon);
            headers.add(name, cachedValue(slot, line, colon + 1, length));
            return name;
        } catch (IllegalStateException tooMany) {
            // Undertow counts the values of a name in one byte.
            throw new MalformedMessageException("more than 127 header lines have the same name");
        }
    }

    private HttpString cachedName(int slot, byte[] line, int length) {
        HttpString cached = names[slot];
        if (cached != null && matches(cached, line, length)) {
            return cached;
        }
        HttpString name = new HttpString(Arrays.copyOf(line, length));
        names[slot] = name;
        return name;
    }

    /**
     * Compares case-sensitively: the function's own spelling is forwarded, not that of an earlier response
     * (specification 3.23).
     */
    private static boolean matches(HttpString cached, byte[] line, int length) {
        if (cached.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (cached.byteAt(i) != line[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the value, from the cache where it is that of an earlier response, as most are. */
    private String cachedValue(int slot, byte[] line, int from, int to) throws MalformedMessageException {
        int start = from < to && line[from] == ' ' ? from + 1 : from;
        String cached = values[slot];
        if (cached != null && matches(cached, line, start, to)) {
            return cached;
        }
        String value = value(line, start, to);
        values[slot] = value.length() > MAX_CACHED_VALUE ? null : value;
        return value;
    }

    private static boolean matches(String cached, byte[] line, int from, int to) {
        if (cached.length() != to - from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (cached.charAt(i - from) != (line[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the value without the white space around it; bytes above 127 pass unchanged. */
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
                throw new MalformedMessageException("a header field value contains a control character");
            }
        }
        return new String(line, start, end - start, StandardCharsets.ISO_8859_1);
    }

    public static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** Returns how many bytes of the heap {@code bytes} bytes with {@code fields} fields need, at most. */
    public static long memory(int bytes, int fields) {
        return (long) bytes * MEMORY_OF_BYTE + (long) fields * MEMORY_OF_FIELD;
    }
}
