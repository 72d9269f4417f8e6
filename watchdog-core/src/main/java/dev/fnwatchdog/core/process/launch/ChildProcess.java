package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.tree.InvocationMarker;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletionStage;

/**
 * A process that was started here, however it was.
 *
 * <p>Threads: any. No signal reaches another process that got the pid later.
 */
public interface ChildProcess {
    long pid();

    /** Whether its pid can be nobody else's: false may come some milliseconds after its end. */
    boolean alive();

    /** SIGTERM to this process alone. */
    void terminate();

    /** Keeps it, and what is in its process group, from doing anything more where that is possible. */
    void freeze();

    /** Waits for its end. */
    Termination waitFor() throws InterruptedException;

    /** Completed at its end on a thread that may not be kept. */
    CompletionStage<Termination> onExit();

    /** What it reads; only with {@link Stdio.Pipes}, as the next two. */
    OutputStream input();

    InputStream output();

    InputStream errors();

    /** Returns this process with everything that it starts and that carries the marker. */
    default ProcessTree tree(InvocationMarker marker) {
        return new ProcessTree(pid(), this::alive, marker);
    }
}
