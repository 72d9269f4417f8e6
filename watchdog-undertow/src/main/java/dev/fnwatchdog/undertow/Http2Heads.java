package dev.fnwatchdog.undertow;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Follows the frames of an HTTP/2 connection as they come (RFC 9113, 4.1), only to see that a head which has begun arrives
 * within {@code read_timeout}, and that a connection is used at all. Undertow sees to neither (contract 7 and 9).
 *
 * <p>Threads: the connection's IO thread.
 */
final class Http2Heads {
    private static final int FRAME_HEAD = 9;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    private final XnioIoThread thread;
    private final long limitMillis;
    private final Runnable tooLate;

    // Mutable state
    private int frameHead;
    private int length;
    private int type;
    private boolean endsHead;
    private int payload;
    private boolean headOpen;
    private int heads;
    private int timedHead;
    private XnioExecutor.@Nullable Key headTimer;
    private XnioExecutor.@Nullable Key idleTimer;

    /** @param tooLate closes the connection */
    Http2Heads(XnioIoThread thread, long limitMillis, Runnable tooLate) {
        this.thread = thread;
        this.limitMillis = limitMillis;
        this.tooLate = tooLate;
        this.idleTimer = thread.executeAfter(tooLate, Listener.IDLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A first request has come: from here on Undertow closes the connection when it is idle for long. */
    void used() {
        if (idleTimer != null) {
            idleTimer.remove();
            idleTimer = null;
        }
    }

    void closed() {
        used();
        stopHeadTimer();
    }

    /** Reads on, behind the preface. */
    void scan(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i < to) {
            if (payload > 0) {
                int skipped = Math.min(payload, to - i);
                payload -= skipped;
                i += skipped;
            } else {
                frameHead(bytes.get(i++) & 0xff);
            }
            if (payload == 0 && frameHead == 0 && endsHead) {
                headOpen = false;
                endsHead = false;
            }
        }
        watch();
    }

    private void frameHead(int b) {
        switch (frameHead++) {
            case 0 -> {
                length = b;
                heads += headOpen ? 0 : 1;
            }
            case 1, 2 -> length = length << 8 | b;
            case 3 -> type = b;
            case 4 -> {
                headOpen |= type == HEADERS;
                endsHead = headOpen && (type == HEADERS || type == CONTINUATION) && (b & END_HEADERS) != 0;
            }
            case FRAME_HEAD - 1 -> {
                frameHead = 0;
                payload = length;
            }
            default -> {
                // the stream's number
            }
        }
    }

    /** Nearly always a head comes in one piece, and needs no timer. */
    private void watch() {
        if (!headOpen && frameHead == 0) {
            stopHeadTimer();
        } else if (headTimer == null || timedHead != heads) {
            stopHeadTimer();
            timedHead = heads;
            headTimer = thread.executeAfter(tooLate, limitMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void stopHeadTimer() {
        if (headTimer != null) {
            headTimer.remove();
            headTimer = null;
        }
    }
}
