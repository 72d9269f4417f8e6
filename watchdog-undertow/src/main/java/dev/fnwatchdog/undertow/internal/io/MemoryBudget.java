package dev.fnwatchdog.undertow.internal.io;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A number of bytes that many users share, which prevents an OutOfMemoryError however many they are. What does not fit
 * is refused; what was reserved before stays reserved.
 *
 * <p>Threads: any; nothing here blocks.
 */
public final class MemoryBudget {
    private final long total;
    private final @Nullable MemoryBudget parent;
    private final AtomicLong reserved = new AtomicLong();

    MemoryBudget(long total) {
        this(total, null);
    }

    private MemoryBudget(long total, @Nullable MemoryBudget parent) {
        this.total = total;
        this.parent = parent;
    }

    /**
     * Returns a part of this budget. What is reserved from the part is reserved from this budget too, and is never more
     * than {@code maxBytes}.
     */
    MemoryBudget part(long maxBytes) {
        return new MemoryBudget(maxBytes, this);
    }

    /** Reserves {@code bytes}. Returns false, and reserves nothing, where they do not fit. */
    public boolean reserve(long bytes) {
        long sum = reserved.addAndGet(bytes);
        if (sum <= total && (parent == null || parent.reserve(bytes))) {
            return true;
        }
        reserved.addAndGet(-bytes);
        return false;
    }

    /** Releases bytes that were reserved. */
    public void release(long bytes) {
        reserved.addAndGet(-bytes);
        if (parent != null) {
            parent.release(bytes);
        }
    }

    public long reservedBytes() {
        return reserved.get();
    }
}
