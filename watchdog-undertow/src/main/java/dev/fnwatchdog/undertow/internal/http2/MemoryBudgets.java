package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.io.ByteBudget;

/**
 * The memory of all connections.
 *
 * @param heads for field blocks, tables and heads
 * @param bodies for what streams receive before it is read
 */
public record MemoryBudgets(ByteBudget heads, ByteBudget bodies) {
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
