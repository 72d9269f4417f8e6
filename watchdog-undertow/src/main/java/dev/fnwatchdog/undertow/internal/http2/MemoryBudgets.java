package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.io.ByteBudget;

/**
 * The memory budgets that all connections share (specification 9.13).
 *
 * @param heads for field blocks, tables and heads
 * @param bodies for received body bytes that were not read yet
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
