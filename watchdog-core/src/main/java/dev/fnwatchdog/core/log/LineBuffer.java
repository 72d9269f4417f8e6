package dev.fnwatchdog.core.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of bytes, for one line or for many.
 *
 * <p>Threads: not thread-safe; each buffer has one owner.
 */
final class LineBuffer {
    private static final int USUAL_LINE = 128;

    private final int initialSize;

    // Mutable state
    private byte[] bytes;
    private int size;

    LineBuffer(int initialSize) {
        this.initialSize = initialSize;
        this.bytes = new byte[initialSize];
    }

    /** Creates a buffer for a line of usual length. */
    LineBuffer() {
        this(USUAL_LINE);
    }

    int size() {
        return size;
    }

    byte[] array() {
        return bytes;
    }

    /** Removes the content, and replaces the array if it has grown beyond {@code kept} bytes. */
    void clear(int kept) {
        size = 0;
        if (bytes.length > Math.max(kept, initialSize)) {
            bytes = new byte[initialSize];
        }
    }

    LineBuffer oneByte(int value) {
        if (size == bytes.length) {
            grow(1);
        }
        bytes[size++] = (byte) value;
        return this;
    }

    LineBuffer bytes(byte[] source, int offset, int length) {
        if (length > bytes.length - size) {
            grow(length);
        }
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
        return this;
    }

    LineBuffer bytes(byte[] source) {
        return bytes(source, 0, source.length);
    }

    /** Appends text of the program itself, which is known to be ASCII. */
    LineBuffer ascii(String text) {
        int length = text.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            bytes[size + i] = (byte) text.charAt(i);
        }
        size += length;
        return this;
    }

    LineBuffer number(long value) {
        if (value < 0) {
            // Long.MIN_VALUE has no positive counterpart: digits are taken from the negative value.
            oneByte('-');
            return negative(value);
        }
        return negative(-value);
    }

    private LineBuffer negative(long value) {
        int digits = 1;
        for (long rest = value / 10; rest != 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        reserve(digits);
        for (int at = size + digits - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' - rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    /** Appends the last {@code digits} digits of a number that is not negative, padded with zeros. */
    LineBuffer padded(long value, int digits) {
        reserve(digits);
        long rest = value;
        for (int at = size + digits - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    /** Appends one character in UTF-8. */
    LineBuffer codePoint(int codePoint) {
        if (codePoint < 0x80) {
            return oneByte(codePoint);
        }
        if (codePoint < 0x800) {
            return oneByte(0xC0 | (codePoint >> 6)).continuation(codePoint);
        }
        if (codePoint < 0x10000) {
            return oneByte(0xE0 | (codePoint >> 12))
                    .continuation(codePoint >> 6)
                    .continuation(codePoint);
        }
        return oneByte(0xF0 | (codePoint >> 18))
                .continuation(codePoint >> 12)
                .continuation(codePoint >> 6)
                .continuation(codePoint);
    }

    private LineBuffer continuation(int bits) {
        return oneByte(0x80 | (bits & 0x3F));
    }

    private void reserve(int more) {
        if (more > bytes.length - size) {
            grow(more);
        }
    }

    private void grow(int more) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }

    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }
}
