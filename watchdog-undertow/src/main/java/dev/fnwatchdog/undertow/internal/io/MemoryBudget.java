package dev.fnwatchdog.undertow.internal.io;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A number of bytes that many share, so that no number of them ends in an OutOfMemoryError. What does not fit is refused; what
 * was taken before stays taken.
 *
 * <p>Threads: any; nothing here blocks.
 */
public final class MemoryBudget implements ByteBudget {
    private final long total;
    private final @Nullable MemoryBudget whole;
    private final AtomicLong reservedBytes = new AtomicLong();

    MemoryBudget(long total) {
        this(total, null);
    }

    private MemoryBudget(long total, @Nullable MemoryBudget whole) {
        this.total = total;
        this.whole = whole;
    }

    /** A part of this budget: what is taken of it is taken of the whole, and is never more than {@code most}. */
    MemoryBudget part(long most) {
        return new MemoryBudget(most, this);
    }

    /** Takes {@code bytes}, or nothing where they do not fit. */
    @Override
    public boolean reserve(long bytes) {
        long now = reservedBytes.addAndGet(bytes);
        if (now <= total && (whole == null || whole.reserve(bytes))) {
            return true;
        }
        reservedBytes.addAndGet(-bytes);
        return false;
    }

    @Override
    public void release(long bytes) {
        reservedBytes.addAndGet(-bytes);
        if (whole != null) {
            whole.release(bytes);
        }
    }

    long reservedBytes() {
        return reservedBytes.get();
    }
}
