package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One body on its way into the log: as one line, up to a limit. Of a long one each line holds a part, so that little is
 * held in memory whatever the limit is.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class BodyLog {
    private static final int LONGEST_LINE = 64 * 1024;

    private final WatchdogLog log;
    private final String title;
    private final int limit;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    // Mutable state
    private long room;
    private boolean cut;

    /**
     * @param title what it is, for the reader
     * @param limit the most bytes that are printed; -1 for all
     */
    BodyLog(WatchdogLog log, String title, int limit) {
        this.log = log;
        this.title = title;
        this.limit = limit;
        this.room = limit < 0 ? Long.MAX_VALUE : limit;
    }

    /** The bytes from {@code from} to {@code to} belong to the body; the buffer stays as it is. */
    void add(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (room == 0) {
                cut = true;
                return;
            }
            line.write(bytes.get(i));
            room--;
            if (line.size() == LONGEST_LINE) {
                print("");
            }
        }
    }

    /** There is no more of it. Harmless twice. */
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
