package dev.fnwatchdog.undertow;

import io.undertow.protocols.http2.HpackDecoder;
import io.undertow.util.HeaderMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A client of HTTP/2 by prior knowledge that sends, and sees, frame by frame (RFC 9113). Header text has to be short. */
final class Http2Client implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int ACK = 1;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int HEADER_TABLE_SIZE = 4096;

    /** One frame as it came. */
    record Frame(int type, int flags, int stream, String payload) {
        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    private final RawClient connection;
    private final HpackDecoder decoder = new HpackDecoder(HEADER_TABLE_SIZE);

    private Http2Client(RawClient connection) {
        this.connection = connection;
    }

    /** Greets, with settings as RFC 9113 6.5 spells them: two bytes of name, four of value each. */
    static Http2Client on(RawClient connection, byte... settings) throws IOException {
        Http2Client client = new Http2Client(connection);
        connection.send(PREFACE);
        client.send(SETTINGS, 0, 0, settings);
        return client;
    }

    /** Greets, each byte in a packet of its own. */
    static Http2Client inPieces(RawClient connection) throws IOException {
        Http2Client client = new Http2Client(connection);
        for (int i = 0; i < PREFACE.length(); i++) {
            connection.send(PREFACE.substring(i, i + 1));
        }
        client.send(SETTINGS, 0, 0, new byte[0]);
        return client;
    }

    RawClient connection() {
        return connection;
    }

    void get(int stream, String path) throws IOException {
        request(stream, END_STREAM, "GET", path);
    }

    /** Opens a stream with a request; {@code flags} is {@link #END_STREAM} where it has no body. */
    void request(int stream, int flags, String method, String path, String... headers) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, ":method", method);
        literal(block, ":scheme", "http");
        literal(block, ":path", path);
        literal(block, ":authority", "h");
        for (int i = 0; i < headers.length; i += 2) {
            literal(block, headers[i], headers[i + 1]);
        }
        send(HEADERS, flags | END_HEADERS, stream, block.toByteArray());
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : new String[] {name, value}) {
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    void data(int stream, int flags, String text) throws IOException {
        send(DATA, flags, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
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

    /** The next frame but SETTINGS, PING and WINDOW_UPDATE, which are answered as they must be. */
    Frame next() throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.type == SETTINGS && frame.flags == 0) {
                send(SETTINGS, ACK, 0, new byte[0]);
            } else if (frame.type != SETTINGS && frame.type != WINDOW_UPDATE && frame.type != PING) {
                return frame;
            }
        }
    }

    /** Waits for the answer to a PING: all that was sent before it has been seen then. */
    void awaitPing() throws IOException {
        for (Frame frame = read(); frame.type != PING || frame.flags != ACK; frame = read()) {
            if (frame.type == SETTINGS && frame.flags == 0) {
                send(SETTINGS, ACK, 0, new byte[0]);
            }
        }
    }

    private Frame read() throws IOException {
        ByteBuffer head = ByteBuffer.wrap(connection.read(9).getBytes(StandardCharsets.ISO_8859_1));
        int length = ((head.get() & 0xff) << 16) | (head.getShort() & 0xffff);
        int type = head.get();
        int flags = head.get();
        int stream = head.getInt();
        String payload = connection.read(length);
        return new Frame(type, flags, stream, type == HEADERS ? decoded(payload) : payload);
    }

    private String decoded(String block) throws IOException {
        HeaderMap headers = new HeaderMap();
        decoder.setHeaderEmitter((name, value, neverIndex) -> headers.add(name, value));
        try {
            decoder.decode(ByteBuffer.wrap(block.getBytes(StandardCharsets.ISO_8859_1)), false);
        } catch (Exception e) {
            throw new IOException("a block of headers that cannot be read", e);
        }
        StringBuilder text = new StringBuilder();
        headers.forEach(values -> values.forEach(value ->
                text.append(values.getHeaderName()).append(": ").append(value).append('\n')));
        return text.toString();
    }

    /** Reads to the end of a stream, or its reset, and returns all that came on it: headers, then data. */
    String response(int stream) throws IOException {
        return responses(stream).getOrDefault(stream, "");
    }

    /** Reads to the ends of these streams, in whatever order they come. */
    Map<Integer, String> responses(Integer... streams) throws IOException {
        Set<Integer> open = new HashSet<>(List.of(streams));
        Map<Integer, String> all = new HashMap<>();
        while (!open.isEmpty()) {
            Frame frame = next();
            if (open.contains(frame.stream)) {
                all.merge(frame.stream, frame.type == RST_STREAM ? "RST_STREAM" : frame.payload, String::concat);
                if (frame.endsStream() || frame.type == RST_STREAM) {
                    open.remove(frame.stream);
                }
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
