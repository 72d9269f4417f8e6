package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.ProcessTable.Entry;

/** Signals through a descriptor of the process, which stays its own. */
final class NativeSignals implements Signals {
    private final ProcessTable table;
    private final Signals fallback;

    NativeSignals(ProcessTable table) {
        this.table = table;
        this.fallback = new JdkSignals(table);
    }

    @Override
    public boolean freeze(Entry entry) {
        return send(entry, LibC.SIGSTOP);
    }

    @Override
    public void kill(Entry entry) {
        if (!send(entry, LibC.SIGKILL)) {
            fallback.kill(entry);
        }
    }

    /** False where it has ended, or no descriptor is left. */
    private boolean send(Entry entry, int signal) {
        int descriptor = LibC.pidfdOpen(entry.pid());
        if (descriptor < 0) {
            return false;
        }
        try {
            return table.stillThere(entry) && LibC.pidfdSendSignal(descriptor, signal) == 0;
        } finally {
            int ignored = LibC.close(descriptor);
        }
    }
}
