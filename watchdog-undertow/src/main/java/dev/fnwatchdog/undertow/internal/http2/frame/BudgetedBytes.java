package dev.fnwatchdog.undertow.internal.http2.frame;

import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes that are collected until they are complete. The first {@value #FREE_BYTES} bytes are not charged, because an ordinary
 * head is not longer; the others are charged to the budget while they are stored.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class BudgetedBytes {
    private static final int FREE_BYTES = 1024;

    private final MemoryBudget budget;

    // Mutable state
    private byte[] bytes = new byte[0];
    private int size;

    BudgetedBytes(MemoryBudget budget) {
        this.budget = budget;
    }

    int size() {
        return size;
    }

    /**
     * Appends the next {@code length} bytes of {@code in}.
     *
     * @throws ConnectionException where the budget has no room; the connection ends, because further bytes cannot be
     *     interpreted without these
     */
    void append(ByteBuffer in, int length) throws ConnectionException {
        if (size + length > bytes.length) {
            grow(size + length);
        }
        in.get(bytes, size, length);
        size += length;
    }

    private void grow(int minimum) throws ConnectionException {
        int capacity = Math.max(minimum, Math.max(FREE_BYTES, 2 * bytes.length));
        if (!budget.reserve(cost(capacity) - cost(bytes.length))) {
            throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "no memory for a longer head");
        }
        bytes = Arrays.copyOf(bytes, capacity);
    }

    private static int cost(int capacity) {
        return Math.max(0, capacity - FREE_BYTES);
    }

    /** Returns what was collected; valid until the next change. */
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    /** Drops what was collected. An array of the free size is kept for the next use. */
    void clear() {
        size = 0;
        if (bytes.length > FREE_BYTES) {
            budget.release(cost(bytes.length));
            bytes = new byte[0];
        }
    }
}
