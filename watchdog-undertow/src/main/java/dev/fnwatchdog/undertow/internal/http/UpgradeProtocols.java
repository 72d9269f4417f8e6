package dev.fnwatchdog.undertow.internal.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The protocols to which a client asks to upgrade (RFC 9110, 7.8; specification 3.36). */
public final class UpgradeProtocols {
    private static final String HTTP2_CLEAR_TEXT = "h2c";

    private UpgradeProtocols() {}

    /**
     * Returns the protocols from which the function may choose, or an empty string. HTTP/2 in clear text is not among
     * them: a gateway that lets such a request through could be tunnelled past (specification 9.2).
     */
    public static String requested(HttpServerExchange exchange) {
        HeaderValues upgrade = exchange.getRequestHeaders().get(Headers.UPGRADE);
        if (upgrade == null || !exchange.isHttp11() || !connectionNamesUpgrade(exchange)) {
            return "";
        }
        return upgrade.stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::trim)
                .filter(name -> !name.isEmpty() && !name.equalsIgnoreCase(HTTP2_CLEAR_TEXT))
                .collect(Collectors.joining(", "));
    }

    /**
     * Removes from the request what {@link #requested} does not return, for functions that see the request's own header
     * fields.
     */
    public static void keepOnlyRequested(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        if (headers.contains(Headers.UPGRADE)) {
            String protocols = requested(exchange);
            if (protocols.isEmpty()) {
                headers.remove(Headers.UPGRADE);
            } else {
                headers.put(Headers.UPGRADE, protocols);
            }
        }
    }

    private static boolean connectionNamesUpgrade(HttpServerExchange exchange) {
        HeaderValues connection = exchange.getRequestHeaders().get(Headers.CONNECTION);
        return connection != null && Tokens.anyListContains(connection, "upgrade");
    }
}
