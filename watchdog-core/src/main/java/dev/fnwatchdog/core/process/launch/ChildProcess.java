package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.tree.InvocationMarker;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletionStage;

/**
 * A child process of this JVM.
 *
 * <p>Threads: any. A signal never reaches another process that got the same pid later.
 */
public interface ChildProcess {
    long pid();

    /** Returns whether the pid still belongs to this process; it may return true for some milliseconds after its end. */
    boolean alive();

    /** Sends SIGTERM to this process alone. */
    void terminate();

    /** Stops this process and its process group with SIGSTOP, where that is possible. */
    void freeze();

    /** Waits until the process has ended. */
    Termination waitFor() throws InterruptedException;

    /** Returns a stage that completes when the process has ended, on a thread that must not be blocked. */
    CompletionStage<Termination> onExit();

    /** Returns the stream to standard input. This and the next two streams exist only with {@link Stdio.Pipes}. */
    OutputStream input();

    InputStream output();

    InputStream errors();

    /** Returns the process tree of this process, which includes every process that carries the marker. */
    default ProcessTree tree(InvocationMarker marker) {
        return new ProcessTree(pid(), this::alive, marker);
    }
}
