package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.io.MemoryBudget;

/**
 * The memory budgets that all connections share (specification 9.13).
 *
 * @param heads for field blocks, tables and heads
 * @param bodies for received body bytes that were not read yet
 */
public record MemoryBudgets(MemoryBudget heads, MemoryBudget bodies) {
    boolean reserve(StreamMemory needed) {
        if (!heads.reserve(needed.head())) {
            return false;
        }
        boolean taken = bodies.reserve(needed.body());
        if (!taken) {
            heads.release(needed.head());
        }
        return taken;
    }

    void release(StreamMemory taken) {
        heads.release(taken.head());
        bodies.release(taken.body());
    }
}
