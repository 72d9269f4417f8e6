package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.ProcessTable.Entry;

/** Signals through a descriptor of the process, which stays its own. */
final class NativeSignals implements Signals {
    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;

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
        int descriptor = (int) LibC.syscall(PIDFD_OPEN, entry.pid(), 0L, 0L, 0L);
        if (descriptor < 0) {
            return false;
        }
        try {
            return table.stillThere(entry) && LibC.syscall(PIDFD_SEND_SIGNAL, descriptor, signal, 0L, 0L) == 0;
        } finally {
            int ignored = LibC.close(descriptor);
        }
    }
}
