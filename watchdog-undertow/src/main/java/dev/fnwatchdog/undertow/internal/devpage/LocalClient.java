package dev.fnwatchdog.undertow.internal.devpage;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Decides whether a request comes from a browser on this machine that has been sent here by a name of this machine. A page of
 * another site whose name resolves to a loopback address (DNS rebinding) has its own name in {@code Host}. A proxy on this
 * machine has the request of someone else, and names that in a field.
 */
final class LocalClient {
    private static final Pattern LOOPBACK_HOST =
            Pattern.compile("(?:localhost|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    private static final List<HttpString> FORWARDED = List.of(
            new HttpString("Forwarded"),
            Headers.X_FORWARDED_FOR,
            Headers.X_FORWARDED_HOST,
            new HttpString("X-Real-IP"),
            new HttpString("Via"));

    private LocalClient() {}

    static boolean sent(HttpServerExchange exchange) {
        InetSocketAddress peer = exchange.getSourceAddress();
        InetAddress address = peer == null ? null : peer.getAddress();
        HeaderMap fields = exchange.getRequestHeaders();
        HeaderValues hosts = fields.get(Headers.HOST);
        return address != null
                && address.isLoopbackAddress()
                && hosts != null
                && hosts.size() == 1
                && isLoopback(hosts.getFirst())
                && FORWARDED.stream().noneMatch(fields::contains);
    }

    static boolean isLoopback(String host) {
        return LOOPBACK_HOST.matcher(host).matches();
    }
}
