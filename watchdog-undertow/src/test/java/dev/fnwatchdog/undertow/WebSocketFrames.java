package dev.fnwatchdog.undertow;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;

/** Frames of a WebSocket connection: masked ones of a client, and the reader of a server's (RFC 6455, 5.2). */
final class WebSocketFrames {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static final int FIN = 0x80;
    static final int RSV1 = 0x40;

    static final int NO_STATUS = 1005;

    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};
    private static final int SHORT = 126;
    private static final int LONG = 127;
    private static final int SYNC_FLUSH_TAIL = 4;

    private WebSocketFrames() {}

    /** What a server sent; a character of the payload is a byte. */
    record Received(int opcode, String payload) {
        /** A close frame's status. */
        int status() {
            return payload.length() < 2 ? NO_STATUS : payload.charAt(0) << 8 | payload.charAt(1);
        }
    }

    /** A whole frame. */
    static byte[] frame(int opcode, byte[] payload) {
        return raw(FIN | opcode, payload);
    }

    /** A frame that another one continues. */
    static byte[] part(int opcode, byte[] payload) {
        return raw(opcode, payload);
    }

    /** A frame with any first byte. */
    static byte[] raw(int first, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) first);
        if (payload.length < SHORT) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 1 << 16) {
            frame.put((byte) (0x80 | SHORT)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | LONG)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i % MASK.length]));
        }
        return bytes(frame.flip());
    }

    static byte[] text(String text) {
        return frame(TEXT, utf8(text));
    }

    static byte[] close(int status, byte[] reason) {
        return frame(
                CLOSE,
                ByteBuffer.allocate(2 + reason.length)
                        .putShort((short) status)
                        .put(reason)
                        .array());
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A message's payload as permessage-deflate sends it (RFC 7692, 7.2.1). */
    static byte[] deflated(Deflater deflater, byte[] message) {
        if (message.length == 0) {
            return new byte[1];
        }
        deflater.setInput(message);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] piece = new byte[8192];
        int length;
        do {
            length = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
            out.write(piece, 0, length);
        } while (length == piece.length);
        return bytes(ByteBuffer.wrap(out.toByteArray(), 0, out.size() - SYNC_FLUSH_TAIL));
    }

    /** The whole frames in what a server sent. */
    static List<Received> parse(byte[] sent) {
        List<Received> frames = new ArrayList<>();
        ByteBuffer left = ByteBuffer.wrap(sent);
        while (left.remaining() >= 2) {
            int opcode = left.get() & 0x0f;
            long length = left.get() & 0x7f;
            if (length == SHORT) {
                length = left.getShort() & 0xffff;
            } else if (length == LONG) {
                length = left.getLong();
            }
            byte[] payload = new byte[Math.toIntExact(length)];
            left.get(payload);
            frames.add(new Received(opcode, new String(payload, StandardCharsets.ISO_8859_1)));
        }
        return frames;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
