package dev.fnwatchdog.undertow;

import io.undertow.protocols.http2.HpackDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A client of HTTP/2 by prior knowledge that follows many streams at once, and keeps their windows open. Belongs to one thread. */
final class Http2Streams implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int GOAWAY = 7;

    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;

    private final RawClient connection;
    private final HpackDecoder decoder = new HpackDecoder();
    private final Map<Integer, Deque<Frame>> frames = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private final boolean opensWindows;
    private int nextStream = 1;

    /** One frame; several of one header block are one. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Frame(int type, boolean last, byte[] payload, List<String> headers) {
        String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }

        int errorCode() {
            return ByteBuffer.wrap(payload).getInt(payload.length - 4);
        }
    }

    private Http2Streams(RawClient connection, boolean opensWindows) {
        this.connection = connection;
        this.opensWindows = opensWindows;
    }

    static Http2Streams of(RunningWatchdog watchdog) throws IOException {
        return open(watchdog, true, new byte[0]);
    }

    /** One that never lets the server send more than the first {@code window} bytes of a response. */
    static Http2Streams withWindow(RunningWatchdog watchdog, int window) throws IOException {
        return open(
                watchdog,
                false,
                ByteBuffer.allocate(6).putShort((short) 4).putInt(window).array());
    }

    private static Http2Streams open(RunningWatchdog watchdog, boolean opensWindows, byte[] settings)
            throws IOException {
        Http2Streams client = new Http2Streams(watchdog.connect(), opensWindows);
        client.connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        client.send(SETTINGS, 0, 0, settings);
        return client;
    }

    /** Sends a request's head, given as {@code name: value}; returns the number of its stream. */
    int request(boolean last, String... headers) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        send(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block(headers));
        return stream;
    }

    int get(String path) throws IOException {
        return request(true, ":method: GET", ":scheme: http", ":authority: h", ":path: " + path);
    }

    int post(String path, String... headers) throws IOException {
        String[] all = new String[headers.length + 4];
        all[0] = ":method: POST";
        all[1] = ":scheme: http";
        all[2] = ":authority: h";
        all[3] = ":path: " + path;
        System.arraycopy(headers, 0, all, 4, headers.length);
        return request(false, all);
    }

    void data(int stream, String data, boolean last) throws IOException {
        send(DATA, last ? END_STREAM : 0, stream, data.getBytes(StandardCharsets.ISO_8859_1));
    }

    void trailers(int stream, String... headers) throws IOException {
        send(HEADERS, END_HEADERS | END_STREAM, stream, block(headers));
    }

    void reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        connection.send(frame.array());
    }

    /** Literal fields without indexing and without Huffman code (RFC 7541, 6.2.2): whatever the test wants to say. */
    private static byte[] block(String... headers) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String header : headers) {
            int colon = header.indexOf(": ", 1);
            block.write(0);
            string(block, header.substring(0, colon));
            string(block, header.substring(colon + 2));
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            int rest = length - 127;
            while (rest >= 128) {
                block.write(rest % 128 + 128);
                rest /= 128;
            }
            block.write(rest);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next frame of a stream, or of the connection as a whole (0); flow control and settings are seen to. */
    Frame next(int stream) throws IOException {
        Deque<Frame> waiting = frames.computeIfAbsent(stream, number -> new ArrayDeque<>());
        while (waiting.isEmpty()) {
            readFrame();
        }
        return waiting.remove();
    }

    /** The lines of a response's head, which must come next. */
    List<String> head(int stream) throws IOException {
        Frame frame = next(stream);
        if (frame.type() != HEADERS) {
            throw new AssertionError("not a head, but a frame of type " + frame.type());
        }
        if (frame.last()) {
            ended.add(stream);
        }
        return frame.headers();
    }

    /** The data of a response up to its end; fails where it is reset. */
    String body(int stream) throws IOException {
        StringBuilder body = new StringBuilder();
        while (!ended.remove(stream)) {
            Frame frame = next(stream);
            if (frame.type() == RST_STREAM) {
                throw new AssertionError("reset with " + frame.errorCode() + " after: " + body);
            }
            body.append(frame.type() == DATA ? frame.text() : "");
            if (frame.last()) {
                ended.add(stream);
            }
        }
        return body.toString();
    }

    /** The lines of a response's trailers; only empty data may come before them. */
    List<String> trailers(int stream) throws IOException {
        Frame frame = next(stream);
        while (frame.type() == DATA && frame.payload().length == 0 && !frame.last()) {
            frame = next(stream);
        }
        if (frame.type() != HEADERS || !frame.last()) {
            throw new AssertionError("no trailers, but a frame of type " + frame.type());
        }
        return frame.headers();
    }

    private void readFrame() throws IOException {
        ByteBuffer header = ByteBuffer.wrap(connection.read(9).getBytes(StandardCharsets.ISO_8859_1));
        int length = ((header.get() & 0xff) << 16) | (header.getShort() & 0xffff);
        int type = header.get();
        int flags = header.get();
        int stream = header.getInt();
        byte[] payload = connection.read(length).getBytes(StandardCharsets.ISO_8859_1);
        switch (type) {
            case SETTINGS -> answer(SETTINGS, flags, new byte[0]);
            case PING -> answer(PING, flags, payload);
            case WINDOW_UPDATE -> {}
            case DATA -> {
                if (opensWindows && length > 0) {
                    byte[] more = ByteBuffer.allocate(4).putInt(length).array();
                    send(WINDOW_UPDATE, 0, stream, more);
                    send(WINDOW_UPDATE, 0, 0, more);
                }
                add(stream, new Frame(type, (flags & END_STREAM) != 0, payload, List.of()));
            }
            case HEADERS -> add(stream, new Frame(type, (flags & END_STREAM) != 0, payload, fields(flags, payload)));
            default -> add(stream, new Frame(type, type == RST_STREAM, payload, List.of()));
        }
    }

    private void answer(int type, int flags, byte[] payload) throws IOException {
        if ((flags & ACK) == 0) {
            send(type, ACK, 0, payload);
        }
    }

    private void add(int stream, Frame frame) {
        frames.computeIfAbsent(stream, number -> new ArrayDeque<>()).add(frame);
    }

    private List<String> fields(int flags, byte[] payload) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(payload);
        boolean whole = (flags & END_HEADERS) != 0;
        while (!whole) {
            ByteBuffer header = ByteBuffer.wrap(connection.read(9).getBytes(StandardCharsets.ISO_8859_1));
            int length = ((header.get() & 0xff) << 16) | (header.getShort() & 0xffff);
            if (header.get() != CONTINUATION) {
                throw new AssertionError("a header block is interrupted");
            }
            whole = (header.get() & END_HEADERS) != 0;
            block.write(connection.read(length).getBytes(StandardCharsets.ISO_8859_1));
        }
        List<String> fields = new ArrayList<>();
        decoder.setHeaderEmitter((name, value, never) -> fields.add(name + ": " + value));
        try {
            decoder.decode(ByteBuffer.wrap(block.toByteArray()), false);
        } catch (Exception e) {
            throw new IOException(e);
        }
        return fields;
    }

    RawClient connection() {
        return connection;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
