package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives a servlet the scheme and the host that the client used, as the gateway reports them (specification 5.16): redirects and
 * URLs that the servlet makes are built from them. The field {@code Host} itself it sees as it came, through {@link
 * OriginalHostRequests}. A value that is neither a scheme of HTTP nor a host is ignored.
 */
record ForwardedOriginHandler(HttpHandler next) implements HttpHandler {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** The Host field as it came, where it was overridden; empty where there was none. */
    static final AttachmentKey<String> ORIGINAL_HOST = AttachmentKey.create(String.class);

    /** A name, an IPv4 address or an IPv6 address in brackets, and a port. */
    private static final Pattern HOST = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        HeaderMap headers = exchange.getRequestHeaders();
        String scheme = first(headers, Headers.X_FORWARDED_PROTO).toLowerCase(Locale.ROOT);
        if (SCHEMES.contains(scheme)) {
            exchange.setRequestScheme(scheme);
        }
        String host = first(headers, Headers.X_FORWARDED_HOST);
        if (HOST.matcher(host).matches()) {
            String original = headers.getFirst(Headers.HOST);
            exchange.putAttachment(ORIGINAL_HOST, original == null ? "" : original);
            // Undertow knows no other way to set the host of an exchange. The fields are this handler's own.
            headers.put(Headers.HOST, host);
        }
        next.handleRequest(exchange);
    }

    /** Returns the first one of a list, which is the one that is nearest to the client; an empty text where there is none. */
    private static String first(HeaderMap headers, HttpString name) {
        @Nullable String list = headers.getFirst(name);
        if (list == null) {
            return "";
        }
        int comma = list.indexOf(',');
        return (comma < 0 ? list : list.substring(0, comma)).trim();
    }
}
