package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.ProcessTable.Entry;

/** Ways to signal a process that was found in the table, and never another that got its pid since. Threads: any. */
interface Signals {
    /** Keeps it from starting anything more, until it is killed; false where that cannot be done. */
    boolean freeze(Entry entry);

    void kill(Entry entry);

    static Signals with(ProcessTable table) {
        return NativeLauncher.available() ? new NativeSignals(table) : new JdkSignals(table);
    }
}
