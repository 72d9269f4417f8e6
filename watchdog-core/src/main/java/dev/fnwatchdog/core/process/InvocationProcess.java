package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.launch.ChildProcess;
import dev.fnwatchdog.core.process.launch.Stdio;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.tree.BackgroundTreeKiller;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletionStage;

/** The process of one invocation, and everything that it started (specification 4.1, 4.11). Threads: any. */
public final class InvocationProcess {
    private final ChildProcess child;
    private final ProcessTree tree;
    private final BackgroundTreeKiller killer;
    private final CompletionStage<Termination> exit;

    InvocationProcess(ChildProcess child, ProcessTree tree, BackgroundTreeKiller killer) {
        this.child = child;
        this.tree = tree;
        this.killer = killer;
        this.exit = child.onExit();
    }

    /** Returns the pid, which is also the id of its session where it has one of its own. */
    public long pid() {
        return child.pid();
    }

    /**
     * Completes when this process itself has ended, even if its descendants still run. Dependent actions run on a thread of
     * this package or of the JDK and must not block it.
     */
    public CompletionStage<Termination> onExit() {
        return exit;
    }

    /**
     * Kills the process and everything that it started, also after its own end. Returns at once: a thread of this package
     * finds all of them and kills them within milliseconds.
     *
     * @return completes on that thread, which must not be blocked, when no process of the tree runs any more, or 0.3 s after
     *     the last one was killed; {@link #onExit} reports the end of this process itself, possibly later
     */
    public CompletionStage<Void> kill() {
        // Freeze this process and do not kill it first: a descendant may be found by its parent alone.
        child.freeze();
        return killer.kill(tree);
    }

    /** Returns standard input. The caller closes this and the next two streams; they exist only with {@link Stdio.Pipes}. */
    public OutputStream input() {
        return child.input();
    }

    /** Returns standard output. */
    public InputStream output() {
        return child.output();
    }

    /** Returns standard error. */
    public InputStream errors() {
        return child.errors();
    }
}
