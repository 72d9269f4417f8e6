package dev.fnwatchdog.undertow;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A conversation on a WebSocket connection.
 *
 * @param name what it does, behind the family that public suites number so
 * @param offer the extensions that the client offers, or nothing
 * @param writes what the client sends, each in a write of its own
 * @param status the status with which the server closes
 * @param messages how many messages the server sends back before
 */
record WebSocketCase(String name, String offer, List<byte[]> writes, int status, int messages) {
    private static final byte[] GOODBYE = WebSocketFrames.close(1000, new byte[0]);

    /** Every message comes back, and the client closes. */
    static WebSocketCase echoes(String name, int messages, byte[]... frames) {
        return new WebSocketCase(name, "", followedByGoodbye(frames), 1000, messages);
    }

    /** The server refuses a frame after so many messages. */
    static WebSocketCase fails(String name, int status, int messages, byte[]... frames) {
        return new WebSocketCase(name, "", followedByGoodbye(frames), status, messages);
    }

    /** One of the frames is itself the last word. */
    static WebSocketCase closes(String name, int status, int messages, byte[]... frames) {
        return new WebSocketCase(name, "", List.of(frames), status, messages);
    }

    private static List<byte[]> followedByGoodbye(byte[]... frames) {
        List<byte[]> writes = new ArrayList<>(List.of(frames));
        writes.add(GOODBYE);
        return writes;
    }

    WebSocketCase offering(String extensions) {
        return new WebSocketCase(name, extensions, writes, status, messages);
    }

    /** The same bytes in one write. */
    WebSocketCase atOnce() {
        return new WebSocketCase(name + ", in one write", offer, List.of(joined()), status, messages);
    }

    /** The same bytes in writes of {@code size} bytes. */
    WebSocketCase chopped(int size) {
        byte[] all = joined();
        List<byte[]> pieces = new ArrayList<>();
        for (int start = 0; start < all.length; start += size) {
            pieces.add(Arrays.copyOfRange(all, start, Math.min(all.length, start + size)));
        }
        return new WebSocketCase("%s, in writes of %d bytes".formatted(name, size), offer, pieces, status, messages);
    }

    private byte[] joined() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        writes.forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Override
    public String toString() {
        return name;
    }
}
