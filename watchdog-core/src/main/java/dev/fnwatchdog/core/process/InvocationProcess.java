package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.launch.ChildProcess;
import dev.fnwatchdog.core.process.launch.Stdio;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.tree.BackgroundTreeKiller;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletionStage;

/** The process of one call, and everything that it started (specification 4). Threads: any. */
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

    /** Its number, which is its session's too where it has one of its own. */
    public long pid() {
        return child.pid();
    }

    /**
     * Completed when this process itself has ended, whatever it left behind. What depends on it runs on a thread of this
     * package or of the JDK, which it may not block.
     */
    public CompletionStage<Termination> onExit() {
        return exit;
    }

    /**
     * Kills it and everything that it started, also after its own end. Returns at once: a thread of this package finds
     * it all, and kills it within milliseconds.
     *
     * @return completed when nothing of it is found any more, on that thread, which may not be blocked; the end of this
     *     process itself is reported by {@link #onExit}, which may come later
     */
    public CompletionStage<Void> kill() {
        // Not this process first: what it started may have nothing but its parent to be found by.
        child.freeze();
        return killer.kill(tree);
    }

    /** What it reads; only with {@link Stdio.Pipes}, as the next two. The caller closes them. */
    public OutputStream input() {
        return child.input();
    }

    /** What it prints. */
    public InputStream output() {
        return child.output();
    }

    /** What it prints to standard error. */
    public InputStream errors() {
        return child.errors();
    }
}
