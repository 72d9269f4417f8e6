package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.HeaderValues;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that a request asks for (RFC 9110 14, specification 1.30).
 *
 * @param from the offset of its first byte
 * @param end the offset behind its last byte; less than {@code from} where the range is not satisfiable
 * @param partial whether a range was requested, even one of the whole file
 */
record FileRange(long from, long end, boolean partial) {
    private static final String UNIT = "bytes=";
    private static final int MAX_DIGITS = 18;
    private static final FileRange UNSATISFIABLE = new FileRange(0, -1, true);

    static FileRange whole(long size) {
        return new FileRange(0, size, false);
    }

    /** Parses a Range field; a malformed one, and more than one range, mean the whole file. */
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
        return from >= size ? UNSATISFIABLE : new FileRange(from, Math.min(to + 1, size), true);
    }

    private static FileRange lastBytes(long count, long size) {
        return count == 0 || size == 0 ? UNSATISFIABLE : new FileRange(Math.max(0, size - count), size, true);
    }

    private static boolean isNumber(String text) {
        return text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    boolean isSatisfiable() {
        return from <= end;
    }

    long length() {
        return end - from;
    }
}
