package dev.fnwatchdog.undertow.internal.io;

/**
 * The memory that clients can make one watchdog hold, and who may take how much of it (contract 7). Each may take less than
 * the whole, so that large bodies or heads of some clients leave something to the small requests of others.
 *
 * @param total five eighths of the heap; connections and requests themselves take from it directly
 * @param bodies half of the heap, for bodies that are held in memory
 * @param heads a quarter of the heap, for heads, trailers and what HTTP/2 buffers
 */
public record MemoryShares(MemoryBudget total, MemoryBudget bodies, MemoryBudget heads) {
    private static MemoryShares of(MemoryBudget whole, long bodies, long heads) {
        return new MemoryShares(whole, whole.part(bodies), whole.part(heads));
    }

    public static MemoryShares forJvm(Runtime jvm) {
        return ofHeap(jvm.maxMemory());
    }

    public static MemoryShares ofHeap(long bytes) {
        return of(new MemoryBudget(bytes / 8 * 5), bytes / 2, bytes / 4);
    }
}
