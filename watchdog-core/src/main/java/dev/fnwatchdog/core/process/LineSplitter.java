package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.log.LineSink;
import java.util.Arrays;

/**
 * Splits a stream of bytes into lines (specification 6.14). A line up to 64 KiB is held until it is complete. A longer line is
 * passed on in parts, which bounds the memory even without a limit. Bytes beyond the limit are skipped up to the next line.
 *
 * <p>Threads: one.
 */
public final class LineSplitter {
    private static final int NO_LIMIT = -1;
    private static final int USUAL = 512;
    private static final int LONGEST_KEPT = 64 * 1024;

    private final LineSink sink;
    private final long limit;

    // Mutable state
    private byte[] kept = new byte[USUAL];
    private int size;
    // The number of bytes of the current line that were passed on as parts.
    private long passed;
    private boolean skipping;

    /** @param limit lines of more bytes than this are cut; -1 is no limit */
    public LineSplitter(LineSink sink, int limit) {
        this.sink = sink;
        this.limit = limit == NO_LIMIT ? Long.MAX_VALUE / 2 : limit;
    }

    /** Takes the next bytes of the stream, split at any point; the array may be reused afterwards. */
    public void accept(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int from = offset;
        for (int i = offset; i < end; i++) {
            if (bytes[i] == '\n') {
                endLine(bytes, from, i);
                from = i + 1;
            }
        }
        keep(bytes, from, end);
    }

    /** Ends the stream; the remaining bytes are a line without a newline. */
    public void finish() {
        if (size > 0 || passed > 0) {
            endLine(kept, 0, 0);
        }
    }

    private void endLine(byte[] bytes, int from, int to) {
        int length = to - from;
        if (!skipping && size == 0 && passed == 0 && length <= limit) {
            sink.line(bytes, from, length);
            return;
        }
        keep(bytes, from, to);
        if (!skipping) {
            sink.line(kept, 0, size);
        }
        startLine();
        skipping = false;
    }

    private void startLine() {
        size = 0;
        passed = 0;
        if (kept.length > USUAL) {
            kept = new byte[USUAL];
        }
    }

    private void keep(byte[] bytes, int from, int to) {
        if (skipping) {
            return;
        }
        // One more than the limit: this byte may be the carriage return at the end of the line.
        long allowed = limit + 1 - passed - size;
        int until = (int) Math.min(to, from + allowed);
        copy(bytes, from, until);
        if (until < to || beyondLimit()) {
            cut();
        }
    }

    private boolean beyondLimit() {
        return passed + size > limit && kept[size - 1] != '\r';
    }

    private void cut() {
        sink.cut(kept, 0, (int) Math.min(size, limit - passed));
        startLine();
        skipping = true;
    }

    private void copy(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (size == LONGEST_KEPT) {
                passOn();
            }
            int length = Math.min(to - at, LONGEST_KEPT - size);
            if (size + length > kept.length) {
                kept = Arrays.copyOf(kept, Math.min(LONGEST_KEPT, Math.max(size + length, kept.length * 2)));
            }
            System.arraycopy(bytes, at, kept, size, length);
            size += length;
            at += length;
        }
    }

    private void passOn() {
        int length = partLength();
        sink.part(kept, 0, length);
        passed += length;
        size -= length;
        System.arraycopy(kept, length, kept, 0, size);
    }

    /** Returns the length of a part that ends neither within a UTF-8 character nor after a carriage return. */
    private int partLength() {
        if (kept[size - 1] == '\r') {
            return size - 1;
        }
        for (int back = 1; back <= 3; back++) {
            int value = kept[size - back] & 0xFF;
            if (value >= 0xC0) {
                return size - back;
            }
            if (value < 0x80) {
                return size;
            }
        }
        return size;
    }
}
