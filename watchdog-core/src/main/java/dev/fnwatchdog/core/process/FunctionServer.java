package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.launch.ChildProcess;
import dev.fnwatchdog.core.process.launch.JdkLauncher;
import dev.fnwatchdog.core.process.launch.Launcher;
import dev.fnwatchdog.core.process.launch.NativeLauncher;
import dev.fnwatchdog.core.process.launch.Stdio;
import dev.fnwatchdog.core.process.launch.StrayReaper;
import dev.fnwatchdog.core.process.launch.UnwatchedChildProcess;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.core.process.tree.InvocationMarker;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import dev.fnwatchdog.core.process.tree.ProcessTreeKill;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The long-lived function process of http mode (specification 3). It runs in a session of its own, on JDK 17 where the system
 * has {@code setsid}, so that a terminal's Ctrl-C does not reach it before the watchdog has drained. Its standard input is a
 * pipe that stays open and empty; what it prints goes to the log.
 *
 * <p>Threads: any may call. Three daemon threads of its own copy its output and wait for its end; they end with it.
 */
public final class FunctionServer {
    private static final long LAST_LINES_MILLIS = 1000;
    private static final Duration DEATH = Duration.ofSeconds(2);

    private final ChildProcess child;
    private final ProcessTable table = ProcessTable.ofThisSystem();
    private final ProcessTree tree;
    private final LineCopier output;
    private final LineCopier errors;
    private final CompletableFuture<Termination> exit = new CompletableFuture<>();

    private FunctionServer(ChildProcess child, InvocationMarker marker, WatchdogLog log, LogConfig config) {
        this.child = child;
        this.tree = child.tree(marker);
        this.output =
                LineCopier.start("watchdog-function-stdout", child.output(), log.functionOutput(), config.bufferSize());
        this.errors =
                LineCopier.start("watchdog-function-stderr", child.errors(), log.functionErrors(), config.bufferSize());
        // While its pid can be nobody else's: what it leaves behind is looked for after its end.
        tree.identify(table);
    }

    /**
     * Starts the function with exactly the given environment and one variable more, {@code Watchdog_Call}.
     *
     * @throws FunctionFailedException {@code cannot start "nosuch": no such file or directory}
     */
    public static FunctionServer start(
            CommandLine command, Map<String, String> environment, WatchdogLog log, LogConfig config)
            throws FunctionFailedException {
        InvocationMarker marker = InvocationMarker.next(environment);
        ProgramStart program = new ProgramStart(command, environment, launcher(command, environment));
        ChildProcess child = program.start(Map.of(), marker, new Stdio.Pipes(false));
        try {
            FunctionServer server = new FunctionServer(child, marker, log, config);
            server.watch();
            return server;
        } catch (ThreadRefusedException e) {
            UnwatchedChildProcess.end(child, child.tree(marker), ProcessTable.ofThisSystem());
            throw new FunctionFailedException(Executable.message(command.program(), String.valueOf(e.getMessage())), e);
        }
    }

    private static Launcher launcher(CommandLine command, Map<String, String> environment) {
        if (NativeLauncher.available()) {
            return new NativeLauncher(command.words(), environment);
        }
        List<String> setsid =
                Executable.findIfPresent("setsid", environment).map(List::of).orElse(List.of());
        return new JdkLauncher(
                setsid, command.words().subList(1, command.words().size()), environment, new StrayReaper());
    }

    /** This process's own environment, for a function that gets no other. */
    public static Map<String, String> inheritedEnvironment() {
        return Map.copyOf(new ProcessBuilder().environment());
    }

    /** The function's own, also where it was started through {@code setsid}, which becomes it. */
    public long pid() {
        return child.pid();
    }

    /** Whether the function itself still runs. */
    public boolean alive() {
        return child.alive();
    }

    /** Completed when the function has ended, what it left behind was killed, and its last lines are in the log. */
    public CompletionStage<Termination> onExit() {
        return exit.minimalCompletionStage();
    }

    /**
     * Sends SIGTERM, waits for at most {@code grace}, and kills what is left then. Blocks; returns at once where all is
     * over already. When the thread is interrupted, there is no more grace.
     */
    public void stop(Duration grace) {
        // To the function alone, as of-watchdog does it, and not to its session: a server with workers (gunicorn, a
        // Node cluster) stops them in its own order, and a worker that is told twice may take it for "at once".
        child.terminate();
        if (!ended(grace)) {
            kill();
            ended(DEATH);
        }
    }

    /** Kills the function and everything that it started, at once. */
    public void kill() {
        ProcessTreeKill.all(table, List.of(tree));
    }

    private boolean ended(Duration limit) {
        try {
            exit.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void watch() {
        Thread watcher = new Thread(this::awaitEnd, "watchdog-function-exit");
        watcher.setDaemon(true);
        ThreadRefusedException.check(watcher::start);
    }

    private void awaitEnd() {
        try {
            Termination termination = child.waitFor();
            try {
                // What the function left behind holds its pipes; the copiers would wait for it.
                kill();
                output.await(LAST_LINES_MILLIS);
                errors.await(LAST_LINES_MILLIS);
                child.input().close();
            } catch (IOException ignored) {
                // Nothing was ever written there.
            } finally {
                // Whatever happens there: the orchestrator must learn of the end.
                exit.complete(termination);
            }
        } catch (InterruptedException e) {
            // Nobody but a JVM that ends interrupts it.
            exit.completeExceptionally(e);
        }
    }
}
