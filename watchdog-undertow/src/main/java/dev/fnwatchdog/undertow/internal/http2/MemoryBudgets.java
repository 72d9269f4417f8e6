package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.io.ByteBudget;

/**
 * The memory of all connections.
 *
 * @param heads for field blocks, tables and heads
 * @param bodies for what streams receive before it is read
 */
public record MemoryBudgets(ByteBudget heads, ByteBudget bodies) {
    boolean take(StreamMemory needed) {
        if (!heads.take(needed.head())) {
            return false;
        }
        boolean taken = bodies.take(needed.body());
        if (!taken) {
            heads.giveBack(needed.head());
        }
        return taken;
    }

    void giveBack(StreamMemory taken) {
        heads.giveBack(taken.head());
        bodies.giveBack(taken.body());
    }
}
