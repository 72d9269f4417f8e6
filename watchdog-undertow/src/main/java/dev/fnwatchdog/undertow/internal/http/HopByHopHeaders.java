package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The header fields that are meant for the next hop alone, and are not forwarded (RFC 9110, 7.6.1; specification 3.14).
 */
public final class HopByHopHeaders {
    private static final HttpString HTTP2_SETTINGS = new HttpString("HTTP2-Settings");

    private static final Set<HttpString> NAMES = Set.of(
            Headers.CONNECTION,
            Headers.KEEP_ALIVE,
            new HttpString("Proxy-Connection"),
            Headers.PROXY_AUTHENTICATE,
            Headers.PROXY_AUTHORIZATION,
            Headers.TE,
            Headers.TRANSFER_ENCODING,
            Headers.UPGRADE,
            HTTP2_SETTINGS);

    /**
     * The fields that Connection cannot remove (specification 3.14): without the first two the message would be another
     * one, and the third is the watchdog's own, about the request's token.
     */
    private static final Set<HttpString> NEVER_DROPPED =
            Set.of(Headers.HOST, Headers.CONTENT_LENGTH, WatchdogHeaders.AUTH_SECONDS);

    private HopByHopHeaders() {}

    public static boolean contains(HttpString name) {
        return NAMES.contains(name);
    }

    /** Returns the further names that the message's own Connection field makes hop-by-hop. */
    public static List<HttpString> namedBy(HeaderMap headers) {
        HeaderValues connection = headers.get(Headers.CONNECTION);
        if (connection == null) {
            return List.of();
        }
        List<HttpString> named = new ArrayList<>();
        for (String value : connection) {
            for (String option : value.split(",", -1)) {
                addName(option.trim(), named);
            }
        }
        return named;
    }

    private static void addName(String option, List<HttpString> named) {
        if (!option.isEmpty()) {
            HttpString name = HttpString.tryFromString(option);
            if (name != null && !NEVER_DROPPED.contains(name)) {
                named.add(name);
            }
        }
    }

    /**
     * Copies the fields of a response that are not hop-by-hop to {@code to}, except for names that {@code to} already
     * has.
     */
    public static void copyEndToEnd(HeaderMap from, HeaderMap to) {
        List<HttpString> named = namedBy(from);
        for (HeaderValues values : from) {
            HttpString name = values.getHeaderName();
            if (!NAMES.contains(name) && !named.contains(name) && !to.contains(name)) {
                to.addAll(name, values);
            }
        }
    }
}
