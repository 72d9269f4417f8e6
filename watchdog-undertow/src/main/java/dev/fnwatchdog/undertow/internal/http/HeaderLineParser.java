package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses field lines, as they are on the wire, into a header map: the fields of a function's response and the trailers
 * of a chunked body (RFC 9112, 5 and 7.1.2).
 */
public final class HeaderLineParser {
    /** The bytes of heap for each byte: Undertow's builders grow by doubling, and are copied then and at the end. */
    private static final int MEMORY_OF_BYTE = 4;

    /**
     * The bytes of heap, as measured, for the objects and map entries of a field or a parameter that has a name of its
     * own.
     */
    private static final int MEMORY_OF_FIELD = 256;

    private HeaderLineParser() {}

    /** Adds one line, without its line end, to {@code headers}. */
    public static void add(byte[] line, int length, HeaderMap headers) throws MalformedMessageException {
        if (addIfNamed(line, length, headers) == null) {
            throw new MalformedMessageException("the name of a header field is not a token");
        }
    }

    /**
     * Adds one line to {@code headers}, unless it has no name that is a token directly before a colon. The function's own
     * spelling of the name is forwarded (specification 3.23).
     *
     * @return the name, or null where nothing was added
     */
    public static @Nullable HttpString addIfNamed(byte[] line, int length, HeaderMap headers)
            throws MalformedMessageException {
        int colon = 0;
        while (colon < length && Tokens.isTokenByte(line[colon])) {
            colon++;
        }
        if (colon == 0 || colon == length || line[colon] != ':') {
            return null;
        }
        try {
            HttpString name = new HttpString(Arrays.copyOf(line, colon));
            headers.add(name, value(line, colon + 1, length));
            return name;
        } catch (IllegalStateException tooMany) {
            // Undertow counts the values of a name in one byte.
            throw new MalformedMessageException("more than 127 header lines have the same name");
        }
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
