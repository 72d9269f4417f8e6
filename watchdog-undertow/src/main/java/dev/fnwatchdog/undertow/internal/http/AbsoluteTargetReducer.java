package dev.fnwatchdog.undertow.internal.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reduces a request's target in absolute form to its path and query while it is read, and keeps its authority (RFC 9112,
 * 3.2.2). Undertow would refuse a target whose authority is another than Host's, though it is Host that does not count then.
 *
 * <p>Threads: belongs to one connection, so to its IO thread.
 */
public final class AbsoluteTargetReducer {
    /** Scheme and authority of a longer one are left to Undertow, as are those that make no sense. */
    private static final int LONGEST = 512;

    private static final Pattern BEGIN = Pattern.compile(
            "[A-Za-z][A-Za-z0-9+.-]*://((?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=-]+)(?::[0-9]{0,5})?)");

    private enum At {
        METHOD,
        TARGET,
        AUTHORITY,
        REST
    }

    // Mutable state
    private At at = At.METHOD;
    private String authority = "";
    private final StringBuilder begin = new StringBuilder();

    /** The next byte is the first of a head. */
    public void begin() {
        at = At.METHOD;
        authority = "";
        begin.setLength(0);
    }

    /** Whether the target of this head has begun as one in absolute form does. */
    public boolean absolute() {
        return begin.length() > 0;
    }

    /** The authority that the target had; nothing where it had none. */
    public String authority() {
        return authority;
    }

    /** How many bytes have been kept back, for which the buffer of the next ones must have room; one more for a slash. */
    public int keptBack() {
        return at == At.AUTHORITY ? begin.length() + 1 : 0;
    }

    /** Looks at the bytes from {@code from} to the buffer's position, which have just been read, and takes out what is to go. */
    public void reduce(ByteBuffer bytes, int from) {
        int to = bytes.position();
        int i = from;
        while (i < to && at == At.METHOD) {
            at = bytes.get(i++) == ' ' ? At.TARGET : At.METHOD;
        }
        if (i < to && at == At.TARGET) {
            at = Character.isLetter(bytes.get(i)) ? At.AUTHORITY : At.REST;
        }
        if (at == At.AUTHORITY) {
            takeOut(bytes, i, to);
        }
    }

    private void takeOut(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i < to && !isEnd(bytes.get(i))) {
            begin.append((char) (bytes.get(i++) & 0xff));
        }
        bytes.position(from);
        if (i < to) {
            at = At.REST;
            byte[] rest = new byte[to - i];
            bytes.get(i, rest);
            bytes.put(replacement(rest[0]).getBytes(StandardCharsets.ISO_8859_1))
                    .put(rest);
        }
    }

    /** Whether neither scheme nor authority holds that byte at that place. */
    private boolean isEnd(byte b) {
        if (b == '/') {
            int length = begin.length();
            boolean first = length > 0 && begin.charAt(length - 1) == ':';
            boolean second = length > 1 && begin.charAt(length - 1) == '/' && begin.charAt(length - 2) == ':';
            return !first && !second;
        }
        return b == '?' || (b >= 0 && b <= ' ') || begin.length() == LONGEST;
    }

    /** What stands before the rest of the target, whose first byte is {@code next}. */
    private String replacement(byte next) {
        Matcher matcher = BEGIN.matcher(begin);
        if (!matcher.matches()) {
            return begin.toString();
        }
        authority = matcher.group(1);
        return next == '/' ? "" : "/";
    }
}
