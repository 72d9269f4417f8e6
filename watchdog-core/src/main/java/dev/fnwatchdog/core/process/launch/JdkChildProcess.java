package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.Termination;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A child process that was started by the JDK. */
final class JdkChildProcess implements ChildProcess {
    private final Process process;
    private final StrayReaper strays;

    JdkChildProcess(Process process, StrayReaper strays) {
        this.process = process;
        this.strays = strays;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean alive() {
        return process.isAlive();
    }

    @Override
    public void terminate() {
        // Not Process.destroy, which also closes the pipes and loses the last lines of the output.
        process.toHandle().destroy();
    }

    @Override
    public void freeze() {
        // The JDK cannot send SIGSTOP.
    }

    @Override
    public Termination waitFor() throws InterruptedException {
        return Termination.ofStatus(process.waitFor());
    }

    @Override
    public CompletionStage<Termination> onExit() {
        CompletableFuture<Termination> exit = new CompletableFuture<>();
        // The JDK reports the end on a thread that it may have to start first, which can fail.
        var ignored = process.onExit().whenComplete((ended, notReported) -> {
            if (notReported == null) {
                exit.complete(Termination.ofStatus(ended.exitValue()));
            } else {
                strays.ended(this, exit);
            }
        });
        return exit.minimalCompletionStage();
    }

    @Override
    public OutputStream input() {
        return process.getOutputStream();
    }

    @Override
    public InputStream output() {
        return process.getInputStream();
    }

    @Override
    public InputStream errors() {
        return process.getErrorStream();
    }
}
