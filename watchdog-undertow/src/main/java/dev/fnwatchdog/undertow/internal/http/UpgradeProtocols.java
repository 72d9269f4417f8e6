package dev.fnwatchdog.undertow.internal.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.ArrayList;
import java.util.List;

/** Which protocols a client asks to change to (RFC 9110, 7.8). */
public final class UpgradeProtocols {
    private static final String HTTP2_CLEAR_TEXT = "h2c";

    private UpgradeProtocols() {}

    /**
     * The protocols that the function may choose from, or nothing. Clear-text HTTP/2 is not among them: a gateway that lets
     * such a request through could be tunnelled past (contract 9).
     */
    public static String requested(HttpServerExchange exchange) {
        HeaderValues upgrade = exchange.getRequestHeaders().get(Headers.UPGRADE);
        if (upgrade == null || !exchange.isHttp11() || !connectionNamesUpgrade(exchange)) {
            return "";
        }
        List<String> protocols = new ArrayList<>();
        for (String value : upgrade) {
            for (String protocol : value.split(",", -1)) {
                String name = protocol.trim();
                if (!name.isEmpty() && !name.equalsIgnoreCase(HTTP2_CLEAR_TEXT)) {
                    protocols.add(name);
                }
            }
        }
        return String.join(", ", protocols);
    }

    /** Leaves in the request only what {@link #requested} tells, for functions that see the request's own headers. */
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
