package dev.fnwatchdog.core.process.tree;

import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import java.util.Optional;

/**
 * Sends signals to a process of the table, never to another that has got its pid since: through a pidfd where that is possible,
 * otherwise through the JDK, which offers no SIGSTOP. Threads: any.
 */
final class ProcessSignals {
    private final ProcessTable table;
    private final boolean pidfds = Pidfds.AVAILABLE;

    ProcessSignals(ProcessTable table) {
        this.table = table;
    }

    private static final class Pidfds {
        static final boolean AVAILABLE = check();

        private static boolean check() {
            try {
                return LibC.hasPidfd();
            } catch (LinkageError e) {
                // The JDK sends the signals then.
                return false;
            }
        }
    }

    /** Stops the process, which then starts nothing more until it is killed; returns false if that is not possible. */
    boolean freeze(Entry entry) {
        return pidfds && send(entry, LibC.SIGSTOP);
    }

    /** Kills the process; returns false if it exists and could not be signalled, because no descriptor was free. */
    boolean kill(Entry entry) {
        return (pidfds && send(entry, LibC.SIGKILL)) || killByJdk(entry);
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

    private boolean killByJdk(Entry entry) {
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
