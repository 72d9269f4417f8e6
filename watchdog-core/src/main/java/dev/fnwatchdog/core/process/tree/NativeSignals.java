package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;

/** Signals through a descriptor of the process, which stays its own. */
final class NativeSignals implements ProcessSignals {
    private final ProcessTable table;
    private final ProcessSignals fallback;

    NativeSignals(ProcessTable table) {
        this.table = table;
        this.fallback = new JdkSignals(table);
    }

    /** Returns whether this JVM and this system can signal through descriptors. */
    static boolean available() {
        return Available.YES;
    }

    private static final class Available {
        static final boolean YES = check();

        private static boolean check() {
            try {
                return LibC.hasPidfd();
            } catch (LinkageError e) {
                // The JDK signals then.
                return false;
            }
        }
    }

    @Override
    public boolean freeze(Entry entry) {
        return send(entry, LibC.SIGSTOP);
    }

    @Override
    public boolean kill(Entry entry) {
        return send(entry, LibC.SIGKILL) || fallback.kill(entry);
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
