package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The headers that are meant for the next hop alone, and so stay behind at each end (RFC 9110, 7.6.1; contract 3). */
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
     * Named by Connection or not, without these the message would be another one; and what the watchdog tells the function of
     * a call's token is not the client's to take away.
     */
    private static final Set<HttpString> NEVER_DROPPED =
            Set.of(Headers.HOST, Headers.CONTENT_LENGTH, WatchdogHeaders.AUTH_SECONDS);

    private HopByHopHeaders() {}

    public static boolean contains(HttpString name) {
        return NAMES.contains(name);
    }

    /** The further names that the message's own Connection header makes hop-by-hop; nearly always none. */
    public static List<HttpString> namedBy(HeaderMap headers) {
        HeaderValues connection = headers.get(Headers.CONNECTION);
        if (connection == null || isUsual(connection)) {
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

    private static boolean isUsual(HeaderValues connection) {
        String only = connection.getFirst();
        return connection.size() == 1
                && (only.equalsIgnoreCase("keep-alive")
                        || only.equalsIgnoreCase("close")
                        || only.equalsIgnoreCase("upgrade"));
    }

    private static void addName(String option, List<HttpString> named) {
        if (!option.isEmpty()) {
            HttpString name = HttpString.tryFromString(option);
            if (name != null && !NEVER_DROPPED.contains(name)) {
                named.add(name);
            }
        }
    }

    /** Gives to {@code to} what else an answer has, but for names that {@code to} has already. */
    public static void copyEndToEnd(HeaderMap from, HeaderMap to) {
        List<HttpString> named = namedBy(from);
        boolean first = to.size() == 0;
        for (long i = from.fastIterateNonEmpty(); i != -1; i = from.fiNextNonEmpty(i)) {
            HeaderValues values = from.fiCurrent(i);
            HttpString name = values.getHeaderName();
            if (!NAMES.contains(name) && !named.contains(name) && (first || !to.contains(name))) {
                for (int v = 0; v < values.size(); v++) {
                    to.add(name, values.get(v));
                }
            }
        }
    }
}
