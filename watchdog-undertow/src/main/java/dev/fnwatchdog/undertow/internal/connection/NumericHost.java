package dev.fnwatchdog.undertow.internal.connection;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.nio.ByteBuffer;

/**
 * Spares a request whose Host is an IPv4 address, as those of the gateway are, Undertow's look at it: a regular expression
 * that takes a twentieth of the whole request. While Undertow reads the head, the address's first digit is a letter, and the
 * verdict is the same, for each IPv4 address is a registered name too (RFC 3986, 3.2.2), whatever letters or digits it has.
 *
 * <p>Threads: belongs to one connection, so to its IO thread.
 */
final class NumericHost {
    private static final byte[] NAME = {'h', 'o', 's', 't', ':'};
    private static final int LETTER_FROM_DIGIT = 'g' - '0';

    // Mutable state
    private boolean hidden;
    private String lastHidden = "";
    private String lastShown = "";

    /** The next byte is the first of a head. */
    void begin() {
        hidden = false;
    }

    /** Looks at the header line that begins at {@code line}, as far as it has come. */
    void mask(ByteBuffer bytes, int line, int to) {
        if (to - line <= NAME.length || !isHost(bytes, line)) {
            return;
        }
        int first = line + NAME.length;
        while (first < to && bytes.get(first) == ' ') {
            first++;
        }
        if (first < to && isDigit(bytes.get(first))) {
            bytes.put(first, (byte) (bytes.get(first) + LETTER_FROM_DIGIT));
            hidden = true;
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

    /** Undertow has read the head: the address is what it was. */
    void restore(HeaderMap headers) {
        if (!hidden) {
            return;
        }
        HeaderValues host = headers.get(Headers.HOST);
        String value = host.getFirst();
        if (!value.equals(lastHidden)) {
            lastShown = (char) (value.charAt(0) - LETTER_FROM_DIGIT) + value.substring(1);
            lastHidden = value;
        }
        host.set(0, lastShown);
    }
}
