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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The long-lived function process of http mode (specification 3.1, 3.2, 3.47). It runs in a session of its own (on JDK 17 to 21
 * only where the system has {@code setsid}), because a terminal's Ctrl-C must not reach it before the watchdog has drained.
 * Its standard input is a pipe that stays open and empty. Its output goes to the log (specification 6.13).
 *
 * <p>Threads: any. Three daemon threads of its own copy the output and wait for the end of the process; they end with it.
 */
public final class FunctionServer {
    private static final long LAST_LINES_MILLIS = 1000;
    private static final Duration KILL_LIMIT = Duration.ofSeconds(2);

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
        // Now, while no other process can have the pid: the search for remaining processes runs after its end.
        tree.identify(table);
    }

    /**
     * Starts the function with exactly the given environment and {@code Watchdog_Call} (specification 4.5).
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

    /**
     * Finds out how this system starts a function, which {@link #start} does not have to find out then. It may start a process that ends
     * by itself; blocks for milliseconds.
     */
    public static void prepare(Map<String, String> environment) {
        if (!NativeLauncher.available()) {
            DefaultSignals.command(environment);
        }
    }

    private static Launcher launcher(CommandLine command, Map<String, String> environment) {
        if (NativeLauncher.available()) {
            return new NativeLauncher(command.words(), environment);
        }
        List<String> before = new ArrayList<>(DefaultSignals.command(environment));
        Executable.findIfPresent("setsid", environment).ifPresent(before::add);
        return new JdkLauncher(
                before, command.words().subList(1, command.words().size()), environment, new StrayReaper());
    }

    /** Returns the environment of the watchdog, for a function that gets no other. */
    public static Map<String, String> inheritedEnvironment() {
        return Map.copyOf(new ProcessBuilder().environment());
    }

    /** Returns the function's pid; {@code env} and {@code setsid} keep it when they execute the function. */
    public long pid() {
        return child.pid();
    }

    /** Returns whether the function process itself still runs. */
    public boolean alive() {
        return child.alive();
    }

    /** Completes when the function has ended, its remaining processes are killed and its last lines are in the log. */
    public CompletionStage<Termination> onExit() {
        return exit.minimalCompletionStage();
    }

    /**
     * Sends SIGTERM, waits for at most {@code grace}, then kills what still runs (specification 3.48). Blocks; returns at
     * once if everything has ended already. An interrupt of the thread ends the wait.
     */
    public void stop(Duration grace) {
        // To the function process alone, as in of-watchdog, and not to its session: a server with workers (gunicorn, a
        // Node cluster) stops them in its own order, and a worker may treat a second SIGTERM as an immediate stop.
        child.terminate();
        if (!ended(grace)) {
            kill();
            ended(KILL_LIMIT);
        }
    }

    /** Kills the function and its descendants at once. */
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
                // Remaining descendants can hold the pipes open, and the copiers would wait for them.
                kill();
                output.await(LAST_LINES_MILLIS);
                errors.await(LAST_LINES_MILLIS);
                child.input().close();
            } catch (IOException ignored) {
                // Nothing was ever written to this pipe.
            } finally {
                // Even after an unexpected exception: the watchdog must notice the end of the function.
                exit.complete(termination);
            }
        } catch (InterruptedException e) {
            // Nothing interrupts this thread before the JVM ends.
            exit.completeExceptionally(e);
        }
    }
}
