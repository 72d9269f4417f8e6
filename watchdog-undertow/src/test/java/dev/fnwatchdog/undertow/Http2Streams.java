package dev.fnwatchdog.undertow;

import static dev.fnwatchdog.undertow.Http2Frames.ACK;
import static dev.fnwatchdog.undertow.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.Http2Frames.HEADERS;
import static dev.fnwatchdog.undertow.Http2Frames.PING;
import static dev.fnwatchdog.undertow.Http2Frames.RST_STREAM;
import static dev.fnwatchdog.undertow.Http2Frames.SETTINGS;
import static dev.fnwatchdog.undertow.Http2Frames.WINDOW_UPDATE;

import dev.fnwatchdog.undertow.Http2Frames.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A client of HTTP/2 by prior knowledge that follows many streams at once, and keeps their windows open. Belongs to one thread. */
final class Http2Streams implements AutoCloseable {
    private final RawClient connection;
    private final Http2Frames wire;
    private final Map<Integer, Deque<Frame>> frames = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private final boolean opensWindows;

    // Mutable state
    private int nextStream = 1;
    private boolean pinged;

    private Http2Streams(RawClient connection, boolean opensWindows) {
        this.connection = connection;
        this.wire = new Http2Frames(connection);
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
        client.connection.send(Http2Frames.PREFACE);
        client.wire.send(SETTINGS, 0, 0, settings);
        return client;
    }

    /** Sends a request's head, given as {@code name: value}; returns the number of its stream. */
    int request(boolean last, String... headers) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        wire.headers(stream, last, headers);
        return stream;
    }

    /** Sends a request's head in frames of {@code length} bytes; returns the number of its stream. */
    int requestInPieces(boolean last, int length, String... headers) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        wire.headersInPieces(stream, last, length, headers);
        return stream;
    }

    /** Sends any frame. */
    void send(int type, int flags, int stream, byte[] payload) throws IOException {
        wire.send(type, flags, stream, payload);
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
        wire.data(stream, data, last);
    }

    void headers(int stream, boolean last, String... headers) throws IOException {
        wire.headers(stream, last, headers);
    }

    /** Reads to the reset of a stream, past what may have come before; returns its error code. */
    int resetOf(int stream) throws IOException {
        Frame frame = next(stream);
        while (frame.type() != RST_STREAM) {
            frame = next(stream);
        }
        return frame.errorCode();
    }

    void trailers(int stream, String... headers) throws IOException {
        wire.headers(stream, true, headers);
    }

    void reset(int stream) throws IOException {
        wire.reset(stream);
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
        if (frame.endsStream()) {
            ended.add(stream);
        }
        return frame.fields();
    }

    /** The data of a response up to its end; fails where it is reset. */
    String body(int stream) throws IOException {
        StringBuilder body = new StringBuilder();
        while (!ended.remove(stream)) {
            Frame frame = next(stream);
            if (frame.type() == RST_STREAM) {
                throw new AssertionError("reset with " + frame.errorCode() + " after: " + body);
            }
            body.append(frame.type() == DATA ? frame.payload() : "");
            if (frame.endsStream()) {
                ended.add(stream);
            }
        }
        return body.toString();
    }

    /** The lines of a response's trailers; only empty data may come before them. */
    List<String> trailers(int stream) throws IOException {
        Frame frame = next(stream);
        while (frame.type() == DATA && frame.payload().length() == 0 && !frame.endsStream()) {
            frame = next(stream);
        }
        if (frame.type() != HEADERS || !frame.endsStream()) {
            throw new AssertionError("no trailers, but a frame of type " + frame.type());
        }
        return frame.fields();
    }

    /** The test itself has used the next number. */
    void skipStream() {
        nextStream += 2;
    }

    /** Reads on until a PING is acknowledged. */
    void awaitPing() throws IOException {
        pinged = false;
        while (!pinged) {
            readFrame();
        }
    }

    private void readFrame() throws IOException {
        Frame frame = wire.read();
        pinged |= frame.type() == PING && frame.acknowledges();
        switch (frame.type()) {
            case SETTINGS -> answer(frame, new byte[0]);
            case PING -> answer(frame, frame.bytes());
            case WINDOW_UPDATE -> {}
            default -> {
                if (frame.type() == DATA && opensWindows && frame.payload().length() > 0) {
                    openWindows(frame);
                }
                frames.computeIfAbsent(frame.stream(), number -> new ArrayDeque<>())
                        .add(frame);
            }
        }
    }

    private void openWindows(Frame data) throws IOException {
        byte[] more = ByteBuffer.allocate(4).putInt(data.payload().length()).array();
        wire.send(WINDOW_UPDATE, 0, data.stream(), more);
        wire.send(WINDOW_UPDATE, 0, 0, more);
    }

    private void answer(Frame frame, byte[] payload) throws IOException {
        if (!frame.acknowledges()) {
            wire.send(frame.type(), ACK, 0, payload);
        }
    }

    RawClient connection() {
        return connection;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
