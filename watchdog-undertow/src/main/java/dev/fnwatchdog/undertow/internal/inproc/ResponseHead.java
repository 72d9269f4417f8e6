package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.SetCookieField;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.server.handlers.Cookie;
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
 * Transfers a handler's status, fields, upgrade and trailers to the client's response.
 *
 * <p>Threads: the client's I/O thread, except for the methods marked otherwise.
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

    /** Passes the connection to {@code listener} after a head that switches protocols. Any thread. */
    void upgradeTo(HttpUpgradeListener listener) {
        upgrade = listener;
    }

    /**
     * Begins the client's response with the head of the handler's response.
     *
     * @param completeLength the length of the body where it is complete, otherwise -1
     */
    StreamSinkChannel open(long completeLength) throws IOException {
        HttpServerExchange client = invocation.exchange();
        if (invocation.stopped()) {
            throw new ClosedChannelException();
        }
        copyStatus(client);
        addCookies();
        HeaderMap headers = exchange.getResponseHeaders();
        String protocol = headers.getFirst(Headers.UPGRADE);
        HopByHopHeaders.copyEndToEnd(headers, client.getResponseHeaders());
        if (upgrade != null && client.getStatusCode() == StatusCodes.SWITCHING_PROTOCOLS) {
            startTunnel(client, upgrade, protocol);
        } else if (completeLength >= 0 && !trailers.present() && canAnnounceLength(client)) {
            client.setResponseContentLength(completeLength);
        }
        removeNeedlessLength(client);
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

    private void addCookies() throws UnsendableHeadException {
        try {
            for (Cookie cookie : exchange.responseCookies()) {
                exchange.getResponseHeaders().add(Headers.SET_COOKIE, SetCookieField.of(cookie));
            }
        } catch (IllegalArgumentException unsendable) {
            throw new UnsendableHeadException(unsendable);
        }
    }

    /** RFC 9110 8.6: none in 1xx and 204. In 304 it is the length of another response, and a container's 0 is wrong. */
    private static void removeNeedlessLength(HttpServerExchange client) {
        HeaderMap headers = client.getResponseHeaders();
        if (!Connectors.isEntityBodyAllowed(client)
                && (client.getStatusCode() != StatusCodes.NOT_MODIFIED
                        || "0".equals(headers.getFirst(Headers.CONTENT_LENGTH)))) {
            headers.remove(Headers.CONTENT_LENGTH);
        }
    }

    private static boolean canAnnounceLength(HttpServerExchange client) {
        return !client.getResponseHeaders().contains(Headers.CONTENT_LENGTH)
                && !client.getRequestMethod().equals(Methods.HEAD)
                && Connectors.isEntityBodyAllowed(client);
    }

    private void startTunnel(HttpServerExchange client, HttpUpgradeListener listener, @Nullable String protocol) {
        client.upgradeChannel((channel, upgraded) -> {
            invocation.stopWatching();
            listener.handleUpgrade(channel, exchange);
        });
        if (protocol != null) {
            client.getResponseHeaders().put(Headers.UPGRADE, protocol);
        }
        // The tunnel does not end with the request, whatever the client's Connection field says.
        client.setPersistent(true);
        invocation.startTunnel();
        invocation.cancelTimeout();
    }

    /** Returns the length that the handler announces; {@link Long#MAX_VALUE}: none, or no body is sent. Any thread. */
    long announcedLength() {
        long length = exchange.getResponseContentLength();
        return length < 0
                        || exchange.getRequestMethod().equals(Methods.HEAD)
                        || !Connectors.isEntityBodyAllowed(exchange)
                ? Long.MAX_VALUE
                : length;
    }

    /**
     * Adds the trailers before the end of the response.
     *
     * @throws RuntimeException where the handler's own supplier fails, or its trailers cannot be sent
     */
    void addTrailers() {
        trailers.copyTo(invocation.exchange());
    }
}
