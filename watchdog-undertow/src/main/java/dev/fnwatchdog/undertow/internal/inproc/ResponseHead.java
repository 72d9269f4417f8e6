package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;

/**
 * What a handler says of its answer beside the body - status, headers, an upgrade, trailers - and how that becomes the
 * client's.
 *
 * <p>Threads: the client's IO thread, but for the methods that say otherwise.
 */
final class ResponseHead {
    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final ResponseTrailers trailers;

    // Mutable state
    private volatile @Nullable HttpUpgradeListener upgrade;

    /** @param exchange the handler's own */
    ResponseHead(Invocation invocation, HttpServerExchange exchange) {
        this.invocation = invocation;
        this.exchange = exchange;
        this.trailers = new ResponseTrailers(exchange);
    }

    /** The connection is {@code listener}'s once the head is out, where the answer is to switch protocols. Any thread. */
    void upgradeTo(HttpUpgradeListener listener) {
        upgrade = listener;
    }

    /**
     * Begins the client's answer with what the handler has said in its own.
     *
     * @param wholeLength of the body where it is all there, else -1
     */
    StreamSinkChannel open(long wholeLength) throws IOException {
        HttpServerExchange client = invocation.exchange();
        if (invocation.stopped()) {
            throw new ClosedChannelException();
        }
        // What Undertow's own connections do with cookies.
        Connectors.flattenCookies(exchange);
        copyStatus(client);
        HeaderMap headers = exchange.getResponseHeaders();
        String protocol = headers.getFirst(Headers.UPGRADE);
        HopByHopHeaders.copyEndToEnd(headers, client.getResponseHeaders());
        if (upgrade != null && client.getStatusCode() == StatusCodes.SWITCHING_PROTOCOLS) {
            becomeTunnel(client, upgrade, protocol);
        } else if (wholeLength >= 0 && !trailers.present() && mayTellLength(client)) {
            client.setResponseContentLength(wholeLength);
        }
        StreamSinkChannel opened = client.getResponseChannel();
        if (opened == null) {
            throw new ClosedChannelException();
        }
        return opened;
    }

    private void copyStatus(HttpServerExchange client) {
        HeaderValues options = exchange.getResponseHeaders().get(Headers.CONNECTION);
        if (!exchange.isPersistent() || (options != null && Tokens.anyListContains(options, "close"))) {
            client.setPersistent(false);
        }
        client.setStatusCode(exchange.getStatusCode());
        if (exchange.getReasonPhrase() != null) {
            client.setReasonPhrase(exchange.getReasonPhrase());
        }
    }

    private static boolean mayTellLength(HttpServerExchange client) {
        return !client.getResponseHeaders().contains(Headers.CONTENT_LENGTH)
                && !client.getRequestMethod().equals(Methods.HEAD)
                && Connectors.isEntityBodyAllowed(client);
    }

    private void becomeTunnel(HttpServerExchange client, HttpUpgradeListener listener, @Nullable String protocol) {
        client.upgradeChannel((channel, upgraded) -> {
            invocation.stopWatching();
            listener.handleUpgrade(channel, exchange);
        });
        if (protocol != null) {
            client.getResponseHeaders().put(Headers.UPGRADE, protocol);
        }
        // What the client said of the connection's end does not hold for the tunnel.
        client.setPersistent(true);
        invocation.startTunnel();
        invocation.cancelTimeout();
    }

    /** How long the body will be, as the handler has said; {@link Long#MAX_VALUE} where it has not, or none is sent. Any thread. */
    long announcedLength() {
        long length = exchange.getResponseContentLength();
        return length < 0
                        || exchange.getRequestMethod().equals(Methods.HEAD)
                        || !Connectors.isEntityBodyAllowed(exchange)
                ? Long.MAX_VALUE
                : length;
    }

    /**
     * The last moment for trailers.
     *
     * @throws RuntimeException where the handler's own supplier fails, or what it supplies cannot be sent
     */
    void addTrailers() {
        trailers.copyTo(invocation.exchange());
    }
}
