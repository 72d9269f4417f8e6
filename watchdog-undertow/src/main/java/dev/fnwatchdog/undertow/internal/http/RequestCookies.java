package dev.fnwatchdog.undertow.internal.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parses Cookie fields (RFC 6265, 4.2.1; specification 5.13). A value ends at the semicolon, and nothing else in it has a
 * meaning: it may contain {@code =}, quotes and braces, as clients send them.
 */
public final class RequestCookies {
    private RequestCookies() {}

    /**
     * Returns the values by their names, in order. Of several cookies with one name the first one counts, which has the most
     * specific path (RFC 6265, 5.4). Pairs without a name are ignored.
     *
     * @param fields the values of all Cookie fields
     */
    public static Map<String, String> parse(Iterable<String> fields) {
        Map<String, String> cookies = new LinkedHashMap<>();
        for (String field : fields) {
            for (String pair : field.split(";", -1)) {
                add(pair, cookies);
            }
        }
        return cookies;
    }

    private static void add(String pair, Map<String, String> cookies) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
            String name = pair.substring(0, equals).trim();
            if (!name.isEmpty()) {
                cookies.putIfAbsent(name, pair.substring(equals + 1).trim());
            }
        }
    }
}
