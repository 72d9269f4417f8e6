package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.client.ClientResponse;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

/** The heads of the function's responses, as the client gets them. */
final class ResponseHeads {
    private ResponseHeads() {}

    /**
     * Makes the head of the client's response from that of the function's response: without hop-by-hop fields, with the
     * duration, and with a framing that the client's version of HTTP has (specification 3.23, 3.25, 9.6).
     *
     * @param received its fields are copied
     * @return its fields are those of the exchange already, so that ProxyHandler need not copy them
     */
    static ClientResponse forClient(Invocation invocation, ClientResponse received, ResponseFraming framing) {
        HeaderMap from = received.getResponseHeaders();
        int status = received.getResponseCode();
        HeaderMap to = invocation.exchange().getResponseHeaders();
        HopByHopHeaders.copyEndToEnd(from, to);
        String protocol = status == StatusCodes.SWITCHING_PROTOCOLS ? from.getFirst(Headers.UPGRADE) : null;
        if (protocol != null) {
            to.put(Headers.UPGRADE, protocol);
        }
        to.put(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos()));
        frame(to, status, framing, invocation.exchange().isHttp11());
        return new ClientResponse(status, received.getStatus(), received.getProtocol(), to);
    }

    /**
     * Returns whether the client's response gets a Content-Type that its first bytes determine: behind the OpenFaaS gateway a
     * missing one becomes that of the request (specification 3.31).
     */
    static boolean needsType(HttpServerExchange exchange, ResponseFraming framing) {
        HeaderMap fields = exchange.getResponseHeaders();
        if (fields.contains(Headers.CONTENT_TYPE) || fields.contains(Headers.CONTENT_ENCODING)) {
            return false;
        }
        boolean hasBody = framing.kind() != ResponseFraming.Kind.NONE
                && (framing.kind() != ResponseFraming.Kind.LENGTH || framing.length() > 0);
        String requestType = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
        return hasBody && (requestType == null || !requestType.startsWith("application/grpc"));
    }

    private static void frame(HeaderMap headers, int status, ResponseFraming framing, boolean http11) {
        switch (framing.kind()) {
            case CHUNKED, UNTIL_CLOSE -> {
                headers.remove(Headers.CONTENT_LENGTH);
                if (http11) {
                    headers.put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
                }
            }
            case LENGTH -> {
                if (headers.count(Headers.CONTENT_LENGTH) > 1) {
                    headers.put(Headers.CONTENT_LENGTH, framing.length());
                }
            }
            case NONE -> {
                if (framing.length() < 0 || status == StatusCodes.NO_CONTENT) {
                    headers.remove(Headers.CONTENT_LENGTH);
                } else {
                    headers.put(Headers.CONTENT_LENGTH, framing.length());
                }
            }
        }
    }
}
