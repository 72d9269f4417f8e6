package dev.fnwatchdog.undertow;

import static dev.fnwatchdog.undertow.Http2Frames.ACK;
import static dev.fnwatchdog.undertow.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.Http2Frames.END_STREAM;
import static dev.fnwatchdog.undertow.Http2Frames.PING;
import static dev.fnwatchdog.undertow.Http2Frames.RST_STREAM;
import static dev.fnwatchdog.undertow.Http2Frames.SETTINGS;
import static dev.fnwatchdog.undertow.Http2Frames.WINDOW_UPDATE;

import dev.fnwatchdog.undertow.Http2Frames.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A client of HTTP/2 by prior knowledge that sends, and sees, frame by frame (RFC 9113). */
final class Http2Client implements AutoCloseable {
    private final RawClient connection;
    private final Http2Frames frames;

    private Http2Client(RawClient connection) {
        this.connection = connection;
        this.frames = new Http2Frames(connection);
    }

    /** Greets, with settings as RFC 9113 6.5 spells them: two bytes of name, four of value each. */
    static Http2Client on(RawClient connection, byte... settings) throws IOException {
        Http2Client client = new Http2Client(connection);
        connection.send(Http2Frames.PREFACE);
        client.send(SETTINGS, 0, 0, settings);
        return client;
    }

    /** Greets, each byte in a packet of its own. */
    static Http2Client inPieces(RawClient connection) throws IOException {
        Http2Client client = new Http2Client(connection);
        for (char c : Http2Frames.PREFACE.toCharArray()) {
            connection.send(String.valueOf(c));
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

    /** Opens a stream with a request; {@code flags} is {@link Http2Frames#END_STREAM} where it has no body. */
    void request(int stream, int flags, String method, String path, String... headers) throws IOException {
        List<String> lines =
                new ArrayList<>(List.of(":method: " + method, ":scheme: http", ":path: " + path, ":authority: h"));
        for (int i = 0; i < headers.length; i += 2) {
            lines.add(headers[i] + ": " + headers[i + 1]);
        }
        frames.headers(stream, (flags & END_STREAM) != 0, lines.toArray(new String[0]));
    }

    void data(int stream, int flags, String text) throws IOException {
        send(DATA, flags, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void reset(int stream) throws IOException {
        frames.reset(stream);
    }

    void send(int type, int flags, int stream, byte[] payload) throws IOException {
        frames.send(type, flags, stream, payload);
    }

    /** The next frame but SETTINGS, PING and WINDOW_UPDATE, which are answered as they must be. */
    Frame next() throws IOException {
        while (true) {
            Frame frame = frames.read();
            if (frame.type() == PING && !frame.acknowledges()) {
                send(PING, ACK, 0, frame.bytes());
            } else if (!settings(frame)
                    && frame.type() != SETTINGS
                    && frame.type() != WINDOW_UPDATE
                    && frame.type() != PING) {
                return frame;
            }
        }
    }

    private boolean settings(Frame frame) throws IOException {
        boolean theirs = frame.type() == SETTINGS && !frame.acknowledges();
        if (theirs) {
            send(SETTINGS, ACK, 0, new byte[0]);
        }
        return theirs;
    }

    /** Reads on to a PING of the server's, and acknowledges it. */
    void acknowledgePing() throws IOException {
        Frame frame = frames.read();
        while (frame.type() != PING || frame.acknowledges()) {
            settings(frame);
            frame = frames.read();
        }
        send(PING, ACK, 0, frame.bytes());
    }

    /** Waits for the answer to a PING: all that was sent before it has been seen then. */
    void awaitPing() throws IOException {
        for (Frame frame = frames.read(); frame.type() != PING || !frame.acknowledges(); frame = frames.read()) {
            settings(frame);
        }
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
            if (open.contains(frame.stream()) || frame.stream() == 0) {
                all.merge(frame.stream(), text(frame), String::concat);
                if (frame.endsStream()) {
                    open.remove(frame.stream());
                }
            }
        }
        return all;
    }

    private static String text(Frame frame) {
        return switch (frame.type()) {
            case RST_STREAM -> "RST_STREAM";
            case Http2Frames.HEADERS -> String.join("\n", frame.fields()) + "\n";
            default -> frame.payload();
        };
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
