package dev.fnwatchdog.undertow;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory that clients can make the watchdog hold: half of the heap, which bodies held as a whole, large request heads
 * and what HTTP/2 buffers share, so that no number of them ends in an OutOfMemoryError. Whoever does not fit is refused;
 * what was taken before stays taken.
 *
 * <p>Threads: any; nothing here blocks.
 */
final class MemoryBudget {
    private final long total;
    private final @Nullable MemoryBudget whole;
    private final AtomicLong taken = new AtomicLong();

    MemoryBudget() {
        this(Runtime.getRuntime().maxMemory() / 2);
    }

    MemoryBudget(long total) {
        this(total, null);
    }

    private MemoryBudget(long total, @Nullable MemoryBudget whole) {
        this.total = total;
        this.whole = whole;
    }

    /** Half of this budget: what is taken of it is taken of the whole, and leaves the other half to others. */
    MemoryBudget half() {
        return new MemoryBudget(total / 2, this);
    }

    /** Takes {@code bytes}, or nothing where they do not fit. */
    boolean take(long bytes) {
        long now = taken.addAndGet(bytes);
        if (now <= total && (whole == null || whole.take(bytes))) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
        if (whole != null) {
            whole.giveBack(bytes);
        }
    }

    long taken() {
        return taken.get();
    }

    long total() {
        return total;
    }
}
