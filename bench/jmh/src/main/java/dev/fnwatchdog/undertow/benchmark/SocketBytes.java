package dev.fnwatchdog.undertow.benchmark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes as if read from a socket: a direct buffer, filled up to its position. */
final class SocketBytes {
    private SocketBytes() {}

    static ByteBuffer of(String head) {
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes);
    }
}
