package dev.fnwatchdog.undertow.internal.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reduces a request target in absolute form to its path and query while it is read, and keeps its authority (RFC 9112,
 * 3.2.2; specification 3.10). Undertow would refuse a target whose authority differs from Host, although Host does not
 * count then.
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
public final class AbsoluteTargetReducer {
    /** The most bytes of scheme and authority. Longer ones are left to Undertow, as are malformed ones. */
    private static final int MAX_PREFIX = 512;

    private static final Pattern PREFIX = Pattern.compile(
            "[A-Za-z][A-Za-z0-9+.-]*://((?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=-]+)(?::[0-9]{0,5})?)");

    private enum State {
        METHOD,
        TARGET,
        AUTHORITY,
        REST
    }

    // Mutable state
    private State state = State.METHOD;
    private String authority = "";
    private final StringBuilder prefix = new StringBuilder();

    /** Starts a head: the next byte is its first. */
    public void begin() {
        state = State.METHOD;
        authority = "";
        prefix.setLength(0);
    }

    /** Returns whether the target of this head has begun like one in absolute form. */
    public boolean absolute() {
        return prefix.length() > 0;
    }

    /** Returns the authority of the target, with its user information, or an empty string where it has none. */
    public String authority() {
        return authority;
    }

    /**
     * Returns how many bytes are held back, for which the buffer of the next bytes must have room; one for a slash is
     * included.
     */
    public int keptBack() {
        return state == State.AUTHORITY ? prefix.length() + 1 : 0;
    }

    /**
     * Processes the bytes from {@code from} to the buffer's position, which have just been read, and removes scheme and
     * authority.
     */
    public void reduce(ByteBuffer bytes, int from) {
        int to = bytes.position();
        int i = from;
        while (i < to && state == State.METHOD) {
            state = bytes.get(i++) == ' ' ? State.TARGET : State.METHOD;
        }
        if (i < to && state == State.TARGET) {
            state = Character.isLetter(bytes.get(i)) ? State.AUTHORITY : State.REST;
        }
        if (state == State.AUTHORITY) {
            removePrefix(bytes, i, to);
        }
    }

    private void removePrefix(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i < to && !isEnd(bytes.get(i))) {
            prefix.append((char) (bytes.get(i++) & 0xff));
        }
        bytes.position(from);
        if (i < to) {
            state = State.REST;
            byte[] rest = new byte[to - i];
            bytes.get(i, rest);
            bytes.put(replacement(rest[0]).getBytes(StandardCharsets.ISO_8859_1))
                    .put(rest);
        }
    }

    /** Returns whether this byte ends scheme and authority. */
    private boolean isEnd(byte b) {
        if (b == '/') {
            int length = prefix.length();
            boolean first = length > 0 && prefix.charAt(length - 1) == ':';
            boolean second = length > 1 && prefix.charAt(length - 1) == '/' && prefix.charAt(length - 2) == ':';
            return !first && !second;
        }
        return b == '?' || (b >= 0 && b <= ' ') || prefix.length() == MAX_PREFIX;
    }

    /** Returns what is put before the rest of the target, whose first byte is {@code next}. */
    private String replacement(byte next) {
        Matcher matcher = PREFIX.matcher(prefix);
        if (!matcher.matches()) {
            return prefix.toString();
        }
        authority = matcher.group(1);
        return next == '/' ? "" : "/";
    }
}
