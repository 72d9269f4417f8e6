package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import java.util.Optional;

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
    public boolean kill(Entry entry) {
        Optional<ProcessHandle> handle = ProcessHandle.of(entry.pid());
        // When the entry is still the same after the handle was made, the handle is of the right process; and the JDK
        // compares its start again before it kills.
        if (!table.stillThere(entry)) {
            return !table.incomplete();
        }
        handle.ifPresent(ProcessHandle::destroyForcibly);
        // The JDK reads a file of the process too.
        return handle.isPresent();
    }
}
