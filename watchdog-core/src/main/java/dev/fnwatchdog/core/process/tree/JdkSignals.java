package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;

/** The one signal that the JDK offers for this. */
final class JdkSignals implements ProcessSignals {
    private final ProcessTable table;

    JdkSignals(ProcessTable table) {
        this.table = table;
    }

    @Override
    public boolean freeze(Entry entry) {
        return false;
    }

    @Override
    public void kill(Entry entry) {
        // When the entry is still the same after the handle was made, the handle is of the right process; and the JDK
        // compares its start again before it kills.
        ProcessHandle.of(entry.pid())
                .filter(handle -> table.stillThere(entry))
                .ifPresent(ProcessHandle::destroyForcibly);
    }
}
