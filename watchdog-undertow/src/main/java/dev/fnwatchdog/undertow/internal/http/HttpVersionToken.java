package dev.fnwatchdog.undertow.internal.http;

import java.nio.ByteBuffer;

/**
 * The HTTP version at the end of a request line, read from its bytes: Undertow's parser takes each version that it does not
 * know for 1.1.
 *
 * <p>Threads: belongs to one connection, so to its IO thread.
 */
public final class HttpVersionToken {
    /** {@code HTTP/1.1}, CR and LF. */
    private static final int LENGTH = 10;

    private static final int MAJOR_FROM_END = 5;

    // Mutable state: the last bytes of the line so far
    private final byte[] end = new byte[LENGTH];
    private int length;

    public void begin() {
        length = 0;
    }

    /** More of the request line has come, with its line end at the last. */
    public void add(ByteBuffer bytes, int from, int to) {
        int more = Math.min(to - from, LENGTH);
        int kept = Math.min(length, LENGTH - more);
        System.arraycopy(end, length - kept, end, 0, kept);
        bytes.get(to - more, end, kept, more);
        length = kept + more;
    }

    /** Whether no more than an empty line has come. */
    public boolean missing() {
        return length < LENGTH;
    }

    /** Whether a request of this major version can be served in the syntax of HTTP/1 (RFC 9110, 2.5 and 15.6.6). */
    public boolean supported() {
        return missing() || end[LENGTH - MAJOR_FROM_END] == '1';
    }
}
