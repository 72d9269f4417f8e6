package dev.fnwatchdog.undertow.internal.http;

import io.undertow.server.handlers.Cookie;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Formats a cookie as a Set-Cookie field (RFC 6265, 4.1.1; specification 5.13). The value is sent as it is, because clients
 * return quotes and escapes as a part of it.
 */
public final class SetCookieField {
    /** The attributes that a cookie has methods for, and those that only RFC 2109 knew. */
    private static final Set<String> OTHERWISE_WRITTEN = Set.of(
            "path", "domain", "max-age", "expires", "secure", "httponly", "samesite", "comment", "version", "discard");

    private static final int MAX_BYTE = 0xff;

    private SetCookieField() {}

    /**
     * Returns the value of the field.
     *
     * @throws IllegalArgumentException where the cookie has a name or a value that no field can carry
     */
    public static String of(Cookie cookie) {
        StringBuilder field = new StringBuilder();
        String value = cookie.getValue();
        field.append(token(cookie.getName())).append('=').append(text(cookie, value == null ? "" : value));
        append(cookie, "Path", cookie.getPath(), field);
        append(cookie, "Domain", cookie.getDomain(), field);
        appendLifetime(cookie, field);
        if (cookie.isSecure()) {
            field.append("; Secure");
        }
        if (cookie.isHttpOnly()) {
            field.append("; HttpOnly");
        }
        append(cookie, "SameSite", cookie.getSameSiteMode(), field);
        for (Map.Entry<String, String> attribute : cookie.getAttributes().entrySet()) {
            if (!OTHERWISE_WRITTEN.contains(attribute.getKey().toLowerCase(Locale.ROOT))) {
                appendAttribute(cookie, attribute, field);
            }
        }
        return field.toString();
    }

    /** Both fields, because some clients know only {@code Expires}; a negative age means the end of the client's session. */
    private static void appendLifetime(Cookie cookie, StringBuilder field) {
        Integer maxAge = cookie.getMaxAge();
        if (maxAge != null && maxAge >= 0) {
            field.append("; Max-Age=").append(maxAge);
        }
        if (cookie.getExpires() != null) {
            field.append("; Expires=")
                    .append(HttpDate.format(cookie.getExpires().toInstant().getEpochSecond()));
        } else if (maxAge != null && maxAge >= 0) {
            long end = maxAge == 0 ? 0 : System.currentTimeMillis() / 1000 + maxAge;
            field.append("; Expires=").append(HttpDate.format(end));
        }
    }

    private static void append(Cookie cookie, String name, @Nullable String value, StringBuilder field) {
        if (value != null && !value.isEmpty()) {
            field.append("; ").append(name).append('=').append(text(cookie, value));
        }
    }

    private static void appendAttribute(Cookie cookie, Map.Entry<String, String> attribute, StringBuilder field) {
        field.append("; ").append(token(attribute.getKey()));
        String value = attribute.getValue();
        if (value != null && !value.isEmpty()) {
            field.append('=').append(text(cookie, value));
        }
    }

    private static String token(String name) {
        if (name.isEmpty() || !name.chars().allMatch(c -> c < 0x80 && Tokens.isTokenByte((byte) c))) {
            throw new IllegalArgumentException(
                    "a cookie or cookie attribute has the invalid name \"%s\"".formatted(name));
        }
        return name;
    }

    private static String text(Cookie cookie, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ';' || c > MAX_BYTE || Tokens.isControlByte(c)) {
                throw new IllegalArgumentException(
                        "the cookie %s contains a character that is not allowed in Set-Cookie: U+%04X"
                                .formatted(cookie.getName(), (int) c));
            }
        }
        return value;
    }
}
