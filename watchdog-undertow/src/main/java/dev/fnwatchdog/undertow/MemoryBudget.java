package dev.fnwatchdog.undertow;

import dev.fnwatchdog.undertow.internal.http2.ByteBudget;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that bodies held as a whole may take together: half of the heap (contract 7), so that no number of large
 * calls ends in an OutOfMemoryError.
 *
 * <p>Threads: any; nothing here blocks.
 */
final class MemoryBudget implements ByteBudget {
    private final long total;
    private final AtomicLong taken = new AtomicLong();

    MemoryBudget() {
        this(Runtime.getRuntime().maxMemory() / 2);
    }

    MemoryBudget(long total) {
        this.total = total;
    }

    /** Takes {@code bytes}, or nothing where they do not fit. */
    @Override
    public boolean take(long bytes) {
        long now = taken.addAndGet(bytes);
        if (now <= total) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    @Override
    public void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
