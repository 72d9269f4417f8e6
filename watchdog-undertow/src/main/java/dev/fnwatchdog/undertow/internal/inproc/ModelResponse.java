package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a function of OpenFaaS' model has answered, as it will be sent.
 *
 * @param refusal why it cannot be sent, empty where it can
 */
record ModelResponse(String refusal, int status, Map<String, String> headers, ByteBuffer body) {
    private static final int LOWEST_FINAL_STATUS = 200;
    private static final int HIGHEST_STATUS = 999;

    private static ModelResponse refused(String reason) {
        return new ModelResponse(reason, 0, Map.of(), ByteBuffer.allocate(0));
    }

    /** Reads what a handler has returned; memory for its body is taken from {@code memory}. */
    static ModelResponse of(ModelTypes types, @Nullable Object response, MemoryBudget memory) throws Throwable {
        if (response == null) {
            return refused("the handler returned no response");
        }
        String text = types.body(response);
        if (text == null) {
            return refused("the handler returned a response without a body");
        }
        int status = types.statusCode(response);
        if (status < LOWEST_FINAL_STATUS || status > HIGHEST_STATUS) {
            return refused("the handler returned a response with status " + status);
        }
        Map<String, String> headers = headers(types, response);
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (!isSendable(header)) {
                return refused("the handler returned a header that HTTP cannot carry");
            }
        }
        if (!memory.reserve(utf8Length(text))) {
            return refused("response too large");
        }
        return new ModelResponse("", status, headers, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Map<String, String> headers(ModelTypes types, Object response) throws Throwable {
        Map<String, String> headers = new LinkedHashMap<>();
        String type = types.contentType(response);
        if (type != null && !type.isEmpty()) {
            headers.put("Content-Type", type);
        }
        Map<?, ?> given = types.headers(response);
        if (given != null) {
            given.forEach((name, value) -> {
                if (name != null && value != null) {
                    headers.put(name.toString(), value.toString());
                }
            });
        }
        return headers;
    }

    private static boolean isSendable(Map.Entry<String, String> header) {
        String name = header.getKey();
        return !name.isEmpty()
                && name.chars().allMatch(c -> c < 0x80 && Tokens.isTokenByte((byte) c))
                && header.getValue().chars().noneMatch(Tokens::isControlByte);
    }

    /** As many bytes as there will be, without making them. */
    private static long utf8Length(String text) {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Half of a pair that takes four.
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }

    /** Sends it; the request has been read to its end. IO thread. */
    void send(HttpServerExchange exchange) {
        HeaderMap own = new HeaderMap();
        headers.forEach((name, value) -> own.put(new HttpString(name), value));
        if (own.contains(Headers.CONNECTION) && Tokens.anyListContains(own.get(Headers.CONNECTION), "close")) {
            exchange.setPersistent(false);
        }
        own.remove(Headers.CONTENT_LENGTH);
        HopByHopHeaders.copyEndToEnd(own, exchange.getResponseHeaders());
        exchange.setStatusCode(status);
        if (!Connectors.isEntityBodyAllowed(exchange)) {
            exchange.endExchange();
            return;
        }
        if (!body.hasRemaining() || status == StatusCodes.RESET_CONTENT) {
            exchange.setResponseContentLength(0);
            exchange.endExchange();
            return;
        }
        exchange.setResponseContentLength(body.remaining());
        // As one of several buffers: Undertow would keep it for as long as the connection is open.
        exchange.getResponseSender().send(new ByteBuffer[] {body});
    }
}
