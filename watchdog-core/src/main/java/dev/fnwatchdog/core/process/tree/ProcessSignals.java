package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;

/** Sends signals to a process of the table, never to another that has got its pid since. Threads: any. */
interface ProcessSignals {
    /** Stops the process, which then starts nothing more until it is killed; returns false if that is not possible. */
    boolean freeze(Entry entry);

    /** Kills the process; returns false if it exists and could not be signalled, because no descriptor was free. */
    boolean kill(Entry entry);

    static ProcessSignals with(ProcessTable table) {
        return NativeSignals.available() ? new NativeSignals(table) : new JdkSignals(table);
    }
}
