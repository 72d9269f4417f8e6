package dev.fnwatchdog.undertow;

import io.undertow.protocols.http2.HpackDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Frames of HTTP/2 and blocks of headers on a client's connection (RFC 9113, RFC 7541). Belongs to one thread. */
final class Http2Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int ACK = 1;

    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final byte[] CANCEL = {0, 0, 0, 8};
    // A length that fills the seven bits of a string's first byte goes on behind it.
    private static final int LONG = 127;

    private final RawClient connection;
    private final HpackDecoder decoder = new HpackDecoder();

    /** One frame; several of one block of headers are one. {@code fields} are lines such as {@code name: value}. */
    record Frame(int type, int flags, int stream, String payload, List<String> fields) {
        /** One that holds no headers. */
        Frame(int type, int flags, int stream, String payload) {
            this(type, flags, stream, payload, List.of());
        }

        byte[] bytes() {
            return payload.getBytes(StandardCharsets.ISO_8859_1);
        }

        boolean endsStream() {
            return type == RST_STREAM || ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0);
        }

        boolean acknowledges() {
            return (flags & ACK) != 0;
        }

        int errorCode() {
            return ByteBuffer.wrap(bytes()).getInt(payload.length() - 4);
        }
    }

    Http2Frames(RawClient connection) {
        this.connection = connection;
    }

    void send(int type, int flags, int stream, byte[] payload) throws IOException {
        connection.send(ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array());
    }

    void data(int stream, String data, boolean last) throws IOException {
        send(DATA, last ? END_STREAM : 0, stream, data.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends headers, given as lines: whatever the test wants to say. */
    void headers(int stream, boolean last, String... lines) throws IOException {
        send(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block(lines));
    }

    void reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, CANCEL);
    }

    /** Sends headers in frames of {@code length} bytes, each by itself: HEADERS, then CONTINUATION. */
    void headersInPieces(int stream, boolean last, int length, String... lines) throws IOException {
        byte[] block = block(lines);
        for (int from = 0; from < block.length; from += length) {
            int to = Math.min(block.length, from + length);
            int flags = (to == block.length ? END_HEADERS : 0) | (last && from == 0 ? END_STREAM : 0);
            send(from == 0 ? HEADERS : CONTINUATION, flags, stream, Arrays.copyOfRange(block, from, to));
        }
    }

    /** Literal fields without indexing and without Huffman code (RFC 7541, 6.2.2). */
    private static byte[] block(String... lines) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String line : lines) {
            int colon = line.indexOf(": ", 1);
            block.write(0);
            string(block, line.substring(0, colon));
            string(block, line.substring(colon + 2));
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        block.write(Math.min(text.length(), LONG));
        if (text.length() >= LONG) {
            int rest = text.length() - LONG;
            for (; rest >= 128; rest /= 128) {
                block.write(rest % 128 + 128);
            }
            block.write(rest);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Frame read() throws IOException {
        Frame frame = readOne();
        if (frame.type != HEADERS) {
            return frame;
        }
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(frame.bytes());
        for (Frame part = frame; (part.flags & END_HEADERS) == 0; ) {
            part = readOne();
            if (part.type != CONTINUATION) {
                throw new AssertionError("a block of headers is interrupted");
            }
            block.writeBytes(part.bytes());
        }
        return new Frame(HEADERS, frame.flags, frame.stream, frame.payload, fields(block.toByteArray()));
    }

    private Frame readOne() throws IOException {
        ByteBuffer head = ByteBuffer.wrap(connection.read(9).getBytes(StandardCharsets.ISO_8859_1));
        int length = ((head.get() & 0xff) << 16) | (head.getShort() & 0xffff);
        int type = head.get();
        int flags = head.get();
        int stream = head.getInt();
        return new Frame(type, flags, stream, connection.read(length));
    }

    private List<String> fields(byte[] block) throws IOException {
        List<String> fields = new ArrayList<>();
        decoder.setHeaderEmitter((name, value, never) -> fields.add(name + ": " + value));
        try {
            decoder.decode(ByteBuffer.wrap(block), false);
        } catch (Exception e) {
            throw new IOException("a block of headers that cannot be read", e);
        }
        return fields;
    }
}
