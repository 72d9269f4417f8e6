package dev.fnwatchdog.undertow.internal.http2.frame;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A field section as it was received: pseudo-header fields apart, and checked field by field (RFC 9113, sections 8.2 and 8.3).
 * Once it is handed out nothing is added to it, so that what was checked is what is used.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FieldSection {
    /** Fields that HTTP/2 does not have (RFC 9113, section 8.2.2). */
    public static final Set<HttpString> CONNECTION_SPECIFIC = Set.of(
            Headers.CONNECTION,
            Headers.KEEP_ALIVE,
            new HttpString("Proxy-Connection"),
            Headers.TRANSFER_ENCODING,
            Headers.UPGRADE);

    /** Undertow counts the values of one name in a byte. */
    private static final int MOST_VALUES = 127;

    /** What the size of a field counts beside name and value (RFC 9113, section 6.5.2). */
    private static final int FIELD_OVERHEAD = 32;

    private static final int BYTE_COST = 2;
    private static final int FIELD_COST = 256;

    private final Map<String, String> pseudo = new HashMap<>(8);
    private final HeaderMap fields = new HeaderMap();
    private final StringBuilder cookie = new StringBuilder(0);
    private final long largest;

    // Mutable state
    private HttpString cookieName = Headers.COOKIE;
    private long size;
    private long count;
    private boolean malformed;
    private boolean tooLarge;

    /** @param largest bytes that it may have, counted as the RFC does */
    FieldSection(long largest) {
        this.largest = largest;
    }

    /** Adds a field; what does not fit is only counted. */
    void add(HttpString name, String value) {
        size += (long) name.length() + value.length() + FIELD_OVERHEAD;
        count++;
        if (size > largest) {
            tooLarge = true;
        } else if (name.byteAt(0) == ':') {
            addPseudo(name, value);
        } else {
            addField(name, value);
        }
    }

    /** Adds a field without a name, which no message can have. */
    void addNameless() {
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
        } else if (present != null && present.size() >= MOST_VALUES) {
            tooLarge = true;
        } else {
            addUnlessNamesCollide(name, value);
        }
    }

    private void addUnlessNamesCollide(HttpString name, String value) {
        try {
            fields.add(name, value);
        } catch (SecurityException collisions) {
            // Undertow's map takes no more names of one hash code.
            tooLarge = true;
        }
    }

    /** All fields were added. */
    void complete() {
        if (cookie.length() > 0) {
            // One line again (RFC 9113, section 8.2.3).
            fields.put(cookieName, cookie.toString());
        }
    }

    /** Bytes of the heap that it takes while its message is served: strings, entries, and the head that is made of it. */
    public long memory() {
        return BYTE_COST * size + FIELD_COST * count;
    }

    /** Bytes so far, counted as the RFC does, with those that did not fit. */
    long size() {
        return size;
    }

    /** Whether it has more bytes, or more fields of one name, than are accepted. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    public HeaderMap fields() {
        return fields;
    }

    /** The value of a pseudo-header field, or an empty text. */
    public String pseudo(String name) {
        return pseudo.getOrDefault(name, "");
    }

    public boolean hasPseudo(String name) {
        return pseudo.containsKey(name);
    }

    /** Whether it can be the head of a request (RFC 9113, section 8.3.1). CONNECT, which nothing here serves, cannot. */
    public boolean isRequestHead() {
        return !malformed
                && pseudo.keySet().equals(requestPseudo())
                && Fields.isMethod(pseudo(":method"))
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
        return lengths == null || (lengths.size() == 1 && Fields.isLength(lengths.get(0)));
    }

    /** The body's length as the head has it; -1: not told there. */
    public long contentLength() {
        String length = fields.getFirst(Headers.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length);
    }

    /** Whether it can be the trailers of a message (RFC 9113, section 8.1). */
    public boolean isTrailers(Predicate<HttpString> forbidden) {
        return !malformed
                && pseudo.isEmpty()
                && !tooLarge
                && fields.getHeaderNames().stream().noneMatch(forbidden);
    }
}
