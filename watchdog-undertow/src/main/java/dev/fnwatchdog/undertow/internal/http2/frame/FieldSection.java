package dev.fnwatchdog.undertow.internal.http2.frame;

import dev.fnwatchdog.undertow.internal.http.Tokens;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A received field section, with pseudo-header fields apart, and checked field by field (RFC 9113 8.2, 8.3). Nothing is added
 * after it was handed out, so the checks hold for what is used (specification 9.9, 9.11).
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FieldSection {
    /** Connection-specific fields, which HTTP/2 forbids (RFC 9113 8.2.2). */
    public static final Set<HttpString> CONNECTION_SPECIFIC = Set.of(
            Headers.CONNECTION,
            Headers.KEEP_ALIVE,
            new HttpString("Proxy-Connection"),
            Headers.TRANSFER_ENCODING,
            Headers.UPGRADE);

    /** Undertow counts the values of one name in a byte. */
    private static final int MAX_VALUES = 127;

    /** What a field's size includes beyond name and value (RFC 9113 6.5.2). */
    private static final int FIELD_OVERHEAD = 32;

    private static final String STATUS = ":status";
    private static final int STATUS_DIGITS = 3;

    private static final int BYTE_COST = 2;
    private static final int FIELD_COST = 256;

    private final Map<String, String> pseudo = new HashMap<>(8);
    private final HeaderMap fields = new HeaderMap();
    private final StringBuilder cookie = new StringBuilder(0);
    private final long maxSize;

    // Mutable state
    private HttpString cookieName = Headers.COOKIE;
    private long size;
    private long count;
    private boolean malformed;
    private boolean tooLarge;

    /** @param maxSize the limit in bytes, counted as in the RFC */
    FieldSection(long maxSize) {
        this.maxSize = maxSize;
    }

    /** Adds a field; one that does not fit is only counted. */
    void add(HttpString name, String value) {
        size += (long) name.length() + value.length() + FIELD_OVERHEAD;
        count++;
        if (size > maxSize) {
            tooLarge = true;
        } else if (name.byteAt(0) == ':') {
            addPseudo(name, value);
        } else {
            addField(name, value);
        }
    }

    /** Makes the section malformed for a reason outside of its fields. */
    public void reject() {
        malformed = true;
    }

    private void addPseudo(HttpString name, String value) {
        malformed |= fields.size() > 0
                || cookie.length() > 0
                || !Fields.isCleanValue(value)
                || pseudo.put(name.toString(), value) != null;
    }

    private void addField(HttpString name, String value) {
        malformed |= !Fields.isLowerCaseToken(name)
                || !Fields.isCleanValue(value)
                || CONNECTION_SPECIFIC.contains(name)
                || (name.equals(Headers.TE) && !value.equals("trailers"));
        HeaderValues present = fields.get(name);
        if (name.equals(Headers.COOKIE)) {
            cookieName = name;
            cookie.append(cookie.length() == 0 ? "" : "; ").append(value);
        } else if (present != null && present.size() >= MAX_VALUES) {
            tooLarge = true;
        } else {
            addUnlessNamesCollide(name, value);
        }
    }

    private void addUnlessNamesCollide(HttpString name, String value) {
        try {
            fields.add(name, value);
        } catch (SecurityException collisions) {
            // Undertow's map rejects further names of one hash code.
            tooLarge = true;
        }
    }

    /** Completes the section after all fields were added. */
    void complete() {
        if (cookie.length() > 0) {
            // One field again (RFC 9113 8.2.3).
            fields.put(cookieName, cookie.toString());
        }
    }

    /**
     * Returns the heap bytes that it occupies while its message is served: strings, entries, and the head made of it.
     */
    public long memory() {
        return BYTE_COST * size + FIELD_COST * count;
    }

    /** Returns the bytes so far, counted as in the RFC, including those that did not fit. */
    long size() {
        return size;
    }

    /** Returns whether it has more bytes, or more fields of one name, than are accepted. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    public HeaderMap fields() {
        return fields;
    }

    /** Returns the value of a pseudo-header field, or an empty string. */
    public String pseudo(String name) {
        return pseudo.getOrDefault(name, "");
    }

    public boolean hasPseudo(String name) {
        return pseudo.containsKey(name);
    }

    /** Returns whether it is a valid head of a request (RFC 9113 8.3.1); CONNECT, which is not served, is not. */
    public boolean isRequestHead() {
        return !malformed
                && pseudo.keySet().equals(requestPseudo())
                && Fields.isMethod(pseudo(":method"))
                && Fields.isScheme(pseudo(":scheme"))
                && !pseudo(":path").isEmpty()
                && (!hasPseudo(":authority") || Fields.isAuthority(pseudo(":authority")))
                && hasOneHost()
                && hasOneLength();
    }

    private Set<String> requestPseudo() {
        return hasPseudo(":authority")
                ? Set.of(":method", ":scheme", ":path", ":authority")
                : Set.of(":method", ":scheme", ":path");
    }

    private boolean hasOneHost() {
        List<String> hosts = fields.get(Headers.HOST);
        return hosts == null || (hosts.size() == 1 && Fields.isAuthority(hosts.get(0)));
    }

    private boolean hasOneLength() {
        List<String> lengths = fields.get(Headers.CONTENT_LENGTH);
        return lengths == null || (lengths.size() == 1 && Tokens.isNumber(lengths.get(0)));
    }

    /** Returns whether it is a valid head of a response, interim or final (RFC 9113 8.3.2); 101 does not exist in HTTP/2. */
    public boolean isResponseHead() {
        return !malformed && pseudo.keySet().equals(Set.of(STATUS)) && isStatus(pseudo(STATUS)) && hasOneLength();
    }

    private static boolean isStatus(String text) {
        return text.length() == STATUS_DIGITS
                && Tokens.isNumber(text)
                && text.charAt(0) != '0'
                && Integer.parseInt(text) != StatusCodes.SWITCHING_PROTOCOLS;
    }

    /** Returns the status of a valid head of a response. */
    public int status() {
        return Integer.parseInt(pseudo(STATUS));
    }

    /** Returns the body's length that the head announces; -1: it announces none. */
    public long contentLength() {
        String length = fields.getFirst(Headers.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length);
    }

    /** Returns whether it is a valid trailer section of a message (RFC 9113 8.1). */
    public boolean isTrailers(Predicate<HttpString> forbidden) {
        return !malformed
                && pseudo.isEmpty()
                && !tooLarge
                && fields.getHeaderNames().stream().noneMatch(forbidden);
    }
}
