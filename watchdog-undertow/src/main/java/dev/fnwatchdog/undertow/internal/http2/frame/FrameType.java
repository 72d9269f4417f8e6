package dev.fnwatchdog.undertow.internal.http2.frame;

/** The numbers of frame types and flags (RFC 9113 6). */
public final class FrameType {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int ACK = 0x1;
    public static final int END_STREAM = 0x1;
    public static final int END_HEADERS = 0x4;
    public static final int PADDED = 0x8;
    public static final int WITH_PRIORITY = 0x20;

    /** Bytes of a frame before its payload (RFC 9113 4.1). */
    static final int HEAD_LENGTH = 9;

    /** The longest payload that either side sends, in bytes: the minimum that every peer accepts (RFC 9113 4.2). */
    public static final int MAX_PAYLOAD = 16 * 1024;

    private FrameType() {}

    public static boolean isKnown(int type) {
        return type <= CONTINUATION;
    }
}
