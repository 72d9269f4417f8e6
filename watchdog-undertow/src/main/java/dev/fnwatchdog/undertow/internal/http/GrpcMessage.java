package dev.fnwatchdog.undertow.internal.http;

import java.nio.charset.StandardCharsets;

/** The text of the field {@code grpc-message}: percent-encoded UTF-8 (gRPC over HTTP/2, "Responses"). */
final class GrpcMessage {
    /** In bytes. Clients limit the size of a head. */
    private static final int MAX_LENGTH = 1024;

    private GrpcMessage() {}

    /** Returns the encoded text, without the characters that do not fit into 1,024 bytes. */
    static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        text.codePoints()
                .mapToObj(GrpcMessage::encode)
                .takeWhile(next -> encoded.length() + next.length() <= MAX_LENGTH)
                .forEach(encoded::append);
        return encoded.toString();
    }

    private static String encode(int codePoint) {
        String character = Character.toString(codePoint);
        if (codePoint >= ' ' && codePoint <= '~' && codePoint != '%') {
            return character;
        }
        StringBuilder escaped = new StringBuilder();
        for (byte octet : character.getBytes(StandardCharsets.UTF_8)) {
            escaped.append("%%%02X".formatted(octet));
        }
        return escaped.toString();
    }
}
