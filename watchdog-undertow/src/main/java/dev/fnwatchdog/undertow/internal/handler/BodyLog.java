package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Logs one body, up to a limit, as one line, or as several lines where it is long. Each line contains one part, which bounds
 * the memory whatever the limit is.
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class BodyLog {
    private static final int MAX_LINE = 64 * 1024;

    private final WatchdogLog log;
    private final String title;
    private final int limit;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    // Mutable state
    private long remaining;
    private boolean cut;

    /**
     * @param title the text before the body
     * @param limit the number of bytes that are logged; -1 for no limit
     */
    BodyLog(WatchdogLog log, String title, int limit) {
        this.log = log;
        this.title = title;
        this.limit = limit;
        this.remaining = limit < 0 ? Long.MAX_VALUE : limit;
    }

    /** Adds the bytes from {@code from} to {@code to} to the body; the buffer is not changed. */
    void add(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (remaining == 0) {
                cut = true;
                return;
            }
            line.write(bytes.get(i));
            remaining--;
            if (line.size() == MAX_LINE) {
                print("");
            }
        }
    }

    /** Logs the rest at the end of the body. Has no effect when called again. */
    void end() {
        if (cut) {
            print(" [cut at %d bytes]".formatted(limit));
            cut = false;
        } else if (line.size() > 0) {
            print("");
        }
    }

    private void print(String mark) {
        log.info(title + ": " + line.toString(StandardCharsets.UTF_8) + mark);
        line.reset();
    }
}
