package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.http.ContentTypeSniffer;
import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The response of a function of the OpenFaaS model, ready to be sent (specification 5.10).
 *
 * @param refusal why it cannot be sent; empty where it can
 */
record ModelResponse(String refusal, int status, Map<String, String> headers, ByteBuffer body) {
    private static final int MIN_STATUS = 200;
    private static final int MAX_STATUS = 999;
    private static final String TOO_LARGE = "response too large";

    private static ModelResponse refused(String reason) {
        return new ModelResponse(reason, 0, Map.of(), ByteBuffer.allocate(0));
    }

    /** Converts what a handler has returned; charges its body to {@code memory}. */
    static ModelResponse of(ModelTypes types, @Nullable Object response, MemoryBudget memory) throws Throwable {
        if (response == null) {
            return refused("the handler returned no response");
        }
        String text = types.body(response);
        Map<String, String> headers = headers(types, response);
        String base64 = headers.remove(ModelRequest.BODY_BASE64);
        int status = types.statusCode(response);
        if (status < MIN_STATUS || status > MAX_STATUS) {
            return refused("the handler returned a response with status " + status);
        }
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (!isSendable(header)) {
                return refused("the handler returned an invalid header field");
            }
        }
        if (base64 != null) {
            return ofBase64(status, headers, base64, memory);
        }
        return text == null
                ? refused("the handler returned a response without a body")
                : ofText(status, headers, text, memory);
    }

    private static ModelResponse ofText(int status, Map<String, String> headers, String text, MemoryBudget memory) {
        return memory.reserve(utf8Length(text))
                ? new ModelResponse("", status, headers, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))
                : refused(TOO_LARGE);
    }

    private static ModelResponse ofBase64(int status, Map<String, String> headers, String base64, MemoryBudget memory) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException malformed) {
            return refused("the handler returned an X-Body-Base64 that is not base64: " + malformed.getMessage());
        }
        return memory.reserve(bytes.length)
                ? new ModelResponse("", status, headers, ByteBuffer.wrap(bytes))
                : refused(TOO_LARGE);
    }

    private static Map<String, String> headers(ModelTypes types, Object response) throws Throwable {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        String type = types.contentType(response);
        if (type != null && !type.isEmpty()) {
            headers.put("Content-Type", type);
        }
        Map<?, ?> declared = types.headers(response);
        if (declared != null) {
            declared.forEach((name, value) -> {
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

    /** Returns the number of UTF-8 bytes without encoding the text. */
    private static long utf8Length(String text) {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // One half of a surrogate pair, which has four bytes.
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }

    /** Sends it; the request has been read completely. I/O thread. */
    @IoThread
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
        setContentType(exchange);
        // As an array: Undertow would retain a single buffer as long as the connection is open.
        exchange.getResponseSender().send(new ByteBuffer[] {body});
    }

    /** By the rule of specification 3.31. */
    private void setContentType(HttpServerExchange exchange) {
        HeaderMap fields = exchange.getResponseHeaders();
        if (!fields.contains(Headers.CONTENT_TYPE)
                && !fields.contains(Headers.CONTENT_ENCODING)
                && !exchange.getRequestMethod().equals(Methods.HEAD)) {
            fields.put(Headers.CONTENT_TYPE, ContentTypeSniffer.contentType(body));
        }
    }
}
