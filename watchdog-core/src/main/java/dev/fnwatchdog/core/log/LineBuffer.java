package dev.fnwatchdog.core.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes that are being put together, in an array that is used again for the next line.
 *
 * <p>Threads: none of its own; whoever owns it uses it alone.
 */
final class LineBuffer {
    private static final int KEPT = 16 * 1024;
    private static final ThreadLocal<LineBuffer> OF_THREAD = ThreadLocal.withInitial(() -> new LineBuffer(512));

    private final int usual;

    // Mutable state
    private byte[] bytes;
    private int size;

    LineBuffer(int usual) {
        this.usual = usual;
        this.bytes = new byte[usual];
    }

    /** The calling thread's own, empty: for a line that is handed on before the next one is begun. */
    static LineBuffer ofThread() {
        LineBuffer line = OF_THREAD.get();
        line.clear(KEPT);
        return line;
    }

    int size() {
        return size;
    }

    byte[] array() {
        return bytes;
    }

    /** Forgets the content, and also the array where it has grown beyond {@code kept} bytes. */
    void clear(int kept) {
        size = 0;
        if (bytes.length > Math.max(kept, usual)) {
            bytes = new byte[usual];
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

    /** Text of the program's own, which is known to be ASCII. */
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
            // Long.MIN_VALUE has no positive twin, so the digits are taken from the negative side.
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

    /** The last {@code digits} digits of a number that is not negative, with zeros before it. */
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

    /** One character, in UTF-8. */
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
