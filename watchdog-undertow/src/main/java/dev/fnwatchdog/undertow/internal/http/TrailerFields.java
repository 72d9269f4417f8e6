package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.List;
import java.util.Set;

/**
 * Decides which fields a trailer section may carry, in requests and in responses, whatever the HTTP version (RFC 9110,
 * 6.5.1 and 7.6.1; specification 3.27). A recipient that merges trailers into the head would otherwise take framing,
 * routing or credentials from the author of the body, after the head has been checked.
 *
 * <p>Threads: any.
 */
public final class TrailerFields {
    /** All conditional request fields: If-Match, If-Modified-Since, ... */
    private static final String CONDITION = "if-";

    private static final Set<HttpString> FRAMING_AND_CONTENT = Set.of(
            Headers.CONTENT_LENGTH,
            Headers.CONTENT_ENCODING,
            Headers.CONTENT_RANGE,
            Headers.CONTENT_TYPE,
            Headers.TRAILER);

    private static final Set<HttpString> ROUTING = Set.of(
            Headers.HOST,
            Headers.FORWARDED,
            Headers.X_FORWARDED_FOR,
            Headers.X_FORWARDED_HOST,
            Headers.X_FORWARDED_PORT,
            Headers.X_FORWARDED_PROTO,
            Headers.X_FORWARDED_SERVER,
            new HttpString("X-Real-IP"));

    private static final Set<HttpString> AUTHENTICATION = Set.of(
            Headers.AUTHORIZATION,
            Headers.WWW_AUTHENTICATE,
            Headers.COOKIE,
            Headers.COOKIE2,
            Headers.SET_COOKIE,
            Headers.SET_COOKIE2,
            WatchdogHeaders.AUTH_SECONDS);

    /** What changes how a request is processed (RFC 9110, 10.1), or how a response is used (RFC 9110, 10.2). */
    private static final Set<HttpString> CONTROL = Set.of(
            Headers.AGE,
            Headers.CACHE_CONTROL,
            Headers.DATE,
            Headers.EXPECT,
            Headers.EXPIRES,
            Headers.LOCATION,
            Headers.MAX_FORWARDS,
            Headers.PRAGMA,
            Headers.RANGE,
            Headers.RETRY_AFTER,
            Headers.VARY,
            Headers.WARNING);

    private TrailerFields() {}

    /** Returns whether no trailer may have that name. */
    public static boolean isForbidden(HttpString name) {
        return HopByHopHeaders.contains(name)
                || FRAMING_AND_CONTENT.contains(name)
                || ROUTING.contains(name)
                || AUTHENTICATION.contains(name)
                || CONTROL.contains(name)
                || name.toString().regionMatches(true, 0, CONDITION, 0, CONDITION.length());
    }

    /**
     * Returns the trailers without those that are forbidden, and without those that the message's own Connection field
     * makes hop-by-hop.
     *
     * @param head the header fields of the message that the trailers end
     */
    public static HeaderMap permitted(HeaderMap trailers, HeaderMap head) {
        List<HttpString> named = HopByHopHeaders.namedBy(head);
        HeaderMap permitted = new HeaderMap();
        for (HeaderValues values : trailers) {
            HttpString name = values.getHeaderName();
            if (!isForbidden(name) && !named.contains(name)) {
                permitted.addAll(name, values);
            }
        }
        return permitted;
    }
}
