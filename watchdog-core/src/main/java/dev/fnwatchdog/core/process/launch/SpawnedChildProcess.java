package dev.fnwatchdog.core.process.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.posix.NativeMemory;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.posix.Termination.Exited;
import dev.fnwatchdog.core.process.posix.Termination.Signalled;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** A child process in a session of its own that was started without the JDK; the JDK does not reap it. */
final class SpawnedChildProcess implements ChildProcess {
    private static final int P_PID = 1;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int SIZE_OF_SIGINFO = 128;
    private static final int STATUS_NOT_KNOWN = -1;

    /** Those that are not reaped yet. */
    private static final Set<Long> PIDS = ConcurrentHashMap.newKeySet();

    private final int pid;
    private final SpawnedStreams streams;
    private final ExitWatcher watcher;
    private final CompletableFuture<Termination> exit = new CompletableFuture<>();

    // Mutable state, guarded by this. Until the child is reaped, no other process can get its pid.
    @GuardedBy("this")
    private boolean reaped;

    @GuardedBy("this")
    private boolean watched;

    SpawnedChildProcess(int pid, SpawnedStreams streams, ExitWatcher watcher) {
        this.pid = pid;
        this.streams = streams;
        this.watcher = watcher;
        PIDS.add((long) pid);
    }

    /** Returns whether a child is one of these, which nothing else may reap. Threads: any. */
    static boolean has(long pid) {
        return PIDS.contains(pid);
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public synchronized boolean alive() {
        return !reaped;
    }

    @Override
    public void terminate() {
        signal(pid, LibC.SIGTERM);
    }

    @Override
    public void freeze() {
        signal(-pid, LibC.SIGSTOP);
    }

    private synchronized void signal(int target, int signal) {
        if (!reaped) {
            // The process may have ended meanwhile, which makes the signal unnecessary.
            int ignored = LibC.kill(target, signal);
        }
    }

    /** Reaps the child if it has ended; returns false if it still runs. */
    boolean reap() {
        Termination termination;
        synchronized (this) {
            if (reaped) {
                return true;
            }
            try (NativeMemory status = NativeMemory.allocate(Integer.BYTES)) {
                int result = LibC.waitpid(pid, status.address(), WNOHANG);
                if (result == 0) {
                    return false;
                }
                // Where SIGCHLD is ignored, the kernel reaps children itself and the status is lost.
                termination = result == pid ? decode(status.bytes().getInt(0)) : new Exited(STATUS_NOT_KNOWN);
            }
            reaped = true;
        }
        PIDS.remove((long) pid);
        exit.complete(termination);
        return true;
    }

    private static Termination decode(int status) {
        int signal = status & 0x7F;
        return signal == 0 ? new Exited((status >> 8) & 0xFF) : new Signalled(signal);
    }

    @Override
    public Termination waitFor() {
        try (NativeMemory info = NativeMemory.allocate(SIZE_OF_SIGINFO)) {
            while (!reap()) {
                // WNOWAIT leaves the zombie: otherwise a signal could reach a process that gets the pid meanwhile.
                int ignored = LibC.waitid(P_PID, pid, info.address(), WEXITED | WNOWAIT);
            }
        }
        return exit.join();
    }

    @Override
    public CompletionStage<Termination> onExit() {
        boolean first;
        synchronized (this) {
            first = !watched;
            watched = true;
        }
        if (first) {
            watcher.watch(this);
        }
        return exit.minimalCompletionStage();
    }

    @Override
    public OutputStream input() {
        return streams.input();
    }

    @Override
    public InputStream output() {
        return streams.output();
    }

    @Override
    public InputStream errors() {
        return streams.errors();
    }
}
