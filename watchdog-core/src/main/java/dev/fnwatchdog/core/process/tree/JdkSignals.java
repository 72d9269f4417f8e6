package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import java.util.Optional;

/** Sends SIGKILL through the JDK, which offers no SIGSTOP. */
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
        // If the entry is unchanged after the handle was created, the handle belongs to the right process. The JDK
        // compares the start time again before it kills.
        if (!table.stillThere(entry)) {
            return !table.incomplete();
        }
        handle.ifPresent(ProcessHandle::destroyForcibly);
        // The JDK reads a file of the process, which fails when no descriptor is free.
        return handle.isPresent();
    }
}
