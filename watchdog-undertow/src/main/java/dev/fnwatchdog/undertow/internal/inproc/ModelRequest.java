package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.http.PercentDecoder;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request as the OpenFaaS entrypoint passes it to a function (specification 5.9).
 *
 * @param body as text
 * @param headers the first value of each field, spelled {@code X-call-id} and found in any case
 * @param query as it came, except that a percent sign which begins no escape is itself escaped, as the model decodes the
 *     query strictly; null where there is none
 * @param path decoded
 */
record ModelRequest(
        String body, Map<String, String> headers, @Nullable String query, String path) {
    /** The field of a request and of a response that has the bytes of the body where text would lose some (5.9). */
    static final String BODY_BASE64 = "X-body-base64";

    private static final char REPLACEMENT = '\ufffd';

    /** Returns whether a body is no UTF-8, so that it is passed as base64 too. */
    static boolean isBinary(byte[] body, String text) {
        return text.indexOf(REPLACEMENT) >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), body);
    }

    static ModelRequest of(HttpServerExchange exchange, byte[] body, String text) {
        String raw = exchange.getQueryString();
        // One character for each byte; unescaped characters from clients are usually UTF-8.
        String query = new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        Map<String, String> headers = headers(exchange.getRequestHeaders());
        headers.remove(BODY_BASE64);
        if (isBinary(body, text)) {
            headers.put(BODY_BASE64, Base64.getEncoder().encodeToString(body));
        }
        return new ModelRequest(
                text,
                headers,
                query.isEmpty() ? null : PercentDecoder.escapeStrayPercents(query),
                PercentDecoder.decode(RequestTarget.path(exchange)));
    }

    private static Map<String, String> headers(HeaderMap fields) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (HeaderValues values : fields) {
            headers.put(capitalized(values.getHeaderName().toString()), values.getFirst());
        }
        return headers;
    }

    private static String capitalized(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1).toLowerCase(Locale.ROOT);
    }
}
