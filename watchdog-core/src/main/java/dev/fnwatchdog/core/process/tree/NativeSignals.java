package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;

/** Sends signals through a pidfd, which never refers to another process. */
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
                // The JDK sends the signals then.
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

    /** Returns false if the process has ended or no descriptor is free. */
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
