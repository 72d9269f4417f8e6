package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.HeaderValues;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that is asked for (RFC 9110, 14).
 *
 * @param from its first byte
 * @param end behind its last byte; less than {@code from} where the file has no such part
 * @param partial whether a part was asked for, be it all that there is
 */
record FileRange(long from, long end, boolean partial) {
    private static final String UNIT = "bytes=";
    private static final int MOST_DIGITS = 18;
    private static final FileRange NONE = new FileRange(0, -1, true);

    static FileRange whole(long size) {
        return new FileRange(0, size, false);
    }

    /** What is no range, or more than one of them, asks for the whole. */
    static FileRange of(@Nullable HeaderValues headers, long size) {
        if (headers == null || headers.size() != 1) {
            return whole(size);
        }
        String text = headers.getFirst();
        int dash = text.indexOf('-');
        if (dash < 0 || !text.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return whole(size);
        }
        String first = text.substring(UNIT.length(), dash).strip();
        String last = text.substring(dash + 1).strip();
        if (!isNumber(first) || !isNumber(last) || (first.isEmpty() && last.isEmpty())) {
            return whole(size);
        }
        if (first.isEmpty()) {
            return lastBytes(Long.parseLong(last), size);
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(last);
        if (to < from) {
            return whole(size);
        }
        return from >= size ? NONE : new FileRange(from, Math.min(to + 1, size), true);
    }

    private static FileRange lastBytes(long count, long size) {
        return count == 0 || size == 0 ? NONE : new FileRange(Math.max(0, size - count), size, true);
    }

    private static boolean isNumber(String text) {
        return text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    boolean isSatisfiable() {
        return from <= end;
    }

    long length() {
        return end - from;
    }
}
