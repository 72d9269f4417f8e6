package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;

/** Ways to signal a process that was found in the table, and never another that got its pid since. Threads: any. */
interface ProcessSignals {
    /** Keeps it from starting anything more, until it is killed; false where that cannot be done. */
    boolean freeze(Entry entry);

    /** Kills it; false where it is there and could not be signalled, because no descriptor was free. */
    boolean kill(Entry entry);

    static ProcessSignals with(ProcessTable table) {
        return NativeSignals.available() ? new NativeSignals(table) : new JdkSignals(table);
    }
}
