package dev.fnwatchdog.undertow.internal.io;

/**
 * The budgets for the memory that clients can make one watchdog use (specification 7.20 to 7.22). Each part is smaller
 * than the whole: large bodies or heads of some clients leave memory to the small requests of others.
 *
 * @param total five eighths of the heap; connections and requests themselves reserve from it directly
 * @param bodies half of the heap, for bodies that are held in memory
 * @param heads a quarter of the heap, for heads, trailers and what HTTP/2 buffers
 */
public record MemoryShares(MemoryBudget total, MemoryBudget bodies, MemoryBudget heads) {
    public static MemoryShares forJvm(Runtime jvm) {
        return ofHeap(jvm.maxMemory());
    }

    public static MemoryShares ofHeap(long bytes) {
        MemoryBudget total = new MemoryBudget(bytes / 8 * 5);
        return new MemoryShares(total, total.part(bytes / 2), total.part(bytes / 4));
    }
}
