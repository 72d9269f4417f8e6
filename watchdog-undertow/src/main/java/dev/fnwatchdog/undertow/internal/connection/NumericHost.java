package dev.fnwatchdog.undertow.internal.connection;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;

/**
 * Avoids Undertow's check of a Host that is an IPv4 address, as the gateway sends it: a regular expression that takes a
 * twentieth of the time of the whole request. While Undertow reads the head, the first digit of the address is replaced
 * by a letter. The check has the same result, because every IPv4 address is a registered name too (RFC 3986, 3.2.2),
 * whatever letters or digits it has.
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
final class NumericHost {
    private static final byte[] NAME = {'h', 'o', 's', 't', ':'};
    private static final int DIGIT_TO_LETTER = 'g' - '0';

    // Mutable state
    private boolean masked;
    private String lastMasked = "";
    private String lastRestored = "";

    /** Starts a head: the next byte is its first. */
    void begin() {
        masked = false;
    }

    /**
     * Replaces the first digit of the address in the header line that begins at {@code line}, as far as it has arrived.
     */
    void mask(ByteBuffer bytes, int line, int to) {
        if (to - line <= NAME.length || !isHost(bytes, line)) {
            return;
        }
        int first = line + NAME.length;
        while (first < to && bytes.get(first) == ' ') {
            first++;
        }
        if (first < to && isDigit(bytes.get(first))) {
            bytes.put(first, (byte) (bytes.get(first) + DIGIT_TO_LETTER));
            masked = true;
        }
    }

    private static boolean isHost(ByteBuffer bytes, int line) {
        for (int i = 0; i < NAME.length; i++) {
            if ((bytes.get(line + i) | 0x20) != (NAME[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Restores the address, when Undertow has read the head. */
    void restore(HeaderMap headers) {
        if (!masked) {
            return;
        }
        HeaderValues host = headers.get(Headers.HOST);
        String value = host.getFirst();
        if (!value.equals(lastMasked)) {
            lastRestored = (char) (value.charAt(0) - DIGIT_TO_LETTER) + value.substring(1);
            lastMasked = value;
        }
        host.set(0, lastRestored);
    }
}
