package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.log.LineSink;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines. A line up to 64 KiB is kept until it is whole; of a longer one parts are passed on,
 * so that even with no limit no more than that is ever held. What is beyond the limit is skipped up to the next line.
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
    // Bytes of the line that were passed on as parts.
    private long passed;
    private boolean skipping;

    /** Lines of more than {@code limit} bytes are cut there; -1 for none. */
    public LineSplitter(LineSink sink, int limit) {
        this.sink = sink;
        this.limit = limit == NO_LIMIT ? Long.MAX_VALUE / 2 : limit;
    }

    /** Takes the next bytes of the stream, cut anywhere; they may be used again after the call. */
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

    /** The stream has ended: what is left is a line, though its newline never came. */
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
        // One more than the limit, since that may be the carriage return of the line's end.
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

    /** Not within a character, nor between a carriage return and what may be its newline. */
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
