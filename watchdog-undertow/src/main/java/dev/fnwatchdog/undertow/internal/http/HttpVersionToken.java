package dev.fnwatchdog.undertow.internal.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The HTTP version at the end of a request line, read from its bytes (specification 9.3): Undertow's parser treats each
 * version that it does not know as 1.1.
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
public final class HttpVersionToken {
    /** {@code HTTP/1.1}, CR and LF. */
    private static final int LENGTH = 10;

    private static final int MAJOR_FROM_END = 5;
    private static final Pattern OTHER_MAJOR = Pattern.compile("HTTP/([03-9]\\.\\d|2\\.[1-9])\r\n");

    // Mutable state: the last bytes of the line so far
    private final byte[] end = new byte[LENGTH];
    private int length;

    public void begin() {
        length = 0;
    }

    /** Adds the next bytes of the request line, which finally include its line end. */
    public void add(ByteBuffer bytes, int from, int to) {
        int more = Math.min(to - from, LENGTH);
        int keptLength = Math.min(length, LENGTH - more);
        System.arraycopy(end, length - keptLength, end, 0, keptLength);
        bytes.get(to - more, end, keptLength, more);
        length = keptLength + more;
    }

    private boolean missing() {
        return length < LENGTH;
    }

    /**
     * Returns whether a request of this major version can be served in the syntax of HTTP/1 (RFC 9110, 2.5 and 15.6.6).
     */
    public boolean supported() {
        return missing() || end[LENGTH - MAJOR_FROM_END] == '1';
    }

    /** Returns whether a well-formed version is there that is not of HTTP/1, nor that of HTTP/2 without its preface. */
    public boolean isOfAnotherMajor() {
        return !supported()
                && OTHER_MAJOR
                        .matcher(new String(end, StandardCharsets.ISO_8859_1))
                        .matches();
    }
}
