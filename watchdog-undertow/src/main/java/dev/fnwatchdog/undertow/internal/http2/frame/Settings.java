package dev.fnwatchdog.undertow.internal.http2.frame;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import java.nio.ByteBuffer;

/**
 * The peer's SETTINGS, as far as they concern the watchdog's sending (RFC 9113 6.5.2).
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class Settings {
    static final int HEADER_TABLE_SIZE = 1;
    public static final int ENABLE_PUSH = 2;
    public static final int MAX_CONCURRENT_STREAMS = 3;
    public static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    public static final int MAX_HEADER_LIST_SIZE = 6;

    /** Bytes of one setting: two of the identifier, four of the value. */
    static final int LENGTH = 6;

    private static final int FRAME_SIZE_LIMIT = (1 << 24) - 1;

    private final int maxEnablePush;

    // Mutable state
    private int maxStreams = Integer.MAX_VALUE;
    private int headerTableSize = FieldEncoder.TABLE_SIZE;
    private int smallestHeaderTableSize = FieldEncoder.TABLE_SIZE;
    private int initialWindow = FlowWindow.INITIAL;

    /** @param maxEnablePush the highest value of ENABLE_PUSH: 1 from a client, 0 from a server */
    public Settings(int maxEnablePush) {
        this.maxEnablePush = maxEnablePush;
    }

    /** Applies all settings of one frame, in their order. */
    public void read(ByteBuffer payload) throws ConnectionException {
        require(payload.remaining() % LENGTH == 0, ErrorCode.FRAME_SIZE_ERROR, "an incomplete setting");
        smallestHeaderTableSize = headerTableSize;
        while (payload.hasRemaining()) {
            read(payload.getShort() & 0xffff, payload.getInt() & 0xffff_ffffL);
        }
    }

    private void read(int name, long value) throws ConnectionException {
        switch (name) {
            case HEADER_TABLE_SIZE -> {
                headerTableSize = (int) Math.min(value, FieldEncoder.TABLE_SIZE);
                smallestHeaderTableSize = Math.min(smallestHeaderTableSize, headerTableSize);
            }
            case ENABLE_PUSH -> require(value <= maxEnablePush, "a value out of range: ENABLE_PUSH");
            case MAX_CONCURRENT_STREAMS -> maxStreams = (int) Math.min(value, Integer.MAX_VALUE);
            case INITIAL_WINDOW_SIZE -> {
                require(
                        value <= FlowWindow.MAX_SIZE,
                        ErrorCode.FLOW_CONTROL_ERROR,
                        "a value out of range: INITIAL_WINDOW_SIZE");
                initialWindow = (int) value;
            }
            case MAX_FRAME_SIZE ->
                require(
                        value >= FrameType.MAX_PAYLOAD && value <= FRAME_SIZE_LIMIT,
                        "a value out of range: MAX_FRAME_SIZE");
            default -> {
                // Unknown settings are ignored (RFC 9113 6.5.2). Frames are never longer than the minimum that every
                // peer accepts.
            }
        }
    }

    /** Returns the size of the encoder's dynamic table in bytes. */
    public int headerTableSize() {
        return headerTableSize;
    }

    /** Returns the smallest size of that table in the last frame. */
    public int smallestHeaderTableSize() {
        return smallestHeaderTableSize;
    }

    /** Returns how many streams the watchdog may have open at once. */
    public int maxStreams() {
        return maxStreams;
    }

    /** Returns how many bytes may be sent on a new stream. */
    public int initialWindow() {
        return initialWindow;
    }
}
