package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
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
 * The long-lived function process of http mode (contract 3). It runs in a session of its own where the system has
 * {@code setsid}, so that a terminal's Ctrl-C does not reach it before the watchdog has drained. Its standard input is a
 * pipe that stays open and empty; what it prints goes to the log.
 *
 * <p>Threads: any may call. Three daemon threads of its own copy its output and wait for its end; they end with it.
 */
public final class FunctionServer {
    private static final long LAST_LINES_MILLIS = 1000;
    private static final Duration DEATH = Duration.ofSeconds(2);

    private final Process process;
    private final ProcessTree tree;
    private final LineCopier output;
    private final LineCopier errors;
    private final CompletableFuture<Termination> exit = new CompletableFuture<>();

    private FunctionServer(Process process, CallMarker marker, WatchdogLog log, LogConfig config) {
        this.process = process;
        this.tree = new ProcessTree(ProcessTable.ofThisSystem(), process.toHandle(), marker);
        this.output = LineCopier.start(
                "watchdog-function-stdout", process.getInputStream(), log.functionOutput(), config.bufferSize());
        this.errors = LineCopier.start(
                "watchdog-function-stderr", process.getErrorStream(), log.functionErrors(), config.bufferSize());
    }

    /**
     * Starts the function with exactly the given environment and one variable more, {@code Watchdog_Call}.
     *
     * @throws FunctionFailedException {@code cannot start "nosuch": no such file or directory}
     */
    public static FunctionServer start(
            CommandLine command, Map<String, String> environment, WatchdogLog log, LogConfig config)
            throws FunctionFailedException {
        List<String> words = new ArrayList<>(command.words());
        words.set(0, Executable.find(command.program(), environment));
        Executable.findIfPresent("setsid", environment).ifPresent(setsid -> words.add(0, setsid));
        CallMarker marker = CallMarker.next(environment);
        ProcessBuilder builder = new ProcessBuilder(words);
        replace(builder.environment(), environment);
        builder.environment().put(CallMarker.NAME, marker.value());
        try {
            FunctionServer server = new FunctionServer(builder.start(), marker, log, config);
            server.watch();
            return server;
        } catch (IOException e) {
            throw new FunctionFailedException(Executable.message(command.program(), LaunchReason.of(e)), e);
        }
    }

    /** This process's own environment, for a function that gets no other. */
    public static Map<String, String> inheritedEnvironment() {
        return Map.copyOf(new ProcessBuilder().environment());
    }

    /** Leaves alone what is equal already: a value that is not text in this JVM's encoding then keeps its bytes. */
    private static void replace(Map<String, String> inherited, Map<String, String> wanted) {
        inherited.keySet().retainAll(wanted.keySet());
        wanted.forEach((name, value) -> {
            if (!value.equals(inherited.get(name))) {
                inherited.put(name, value);
            }
        });
    }

    /** The function's own, also where it was started through {@code setsid}, which becomes it. */
    public long pid() {
        return process.pid();
    }

    /** Whether the function itself still runs. */
    public boolean alive() {
        return process.isAlive();
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
        // Node
        // cluster) stops them in its own order, and a worker that is told twice may take it for "at once".
        // Not Process.destroy, which also closes the pipes, and with them go the function's last lines.
        process.toHandle().destroy();
        if (!ended(grace)) {
            kill();
            ended(DEATH);
        }
    }

    /** Kills the function and everything that it started, at once. */
    public void kill() {
        tree.kill();
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
        watcher.start();
    }

    private void awaitEnd() {
        try {
            Termination termination = Termination.ofStatus(process.waitFor());
            try {
                // What the function left behind holds its pipes; the copiers would wait for it.
                tree.kill();
                output.await(LAST_LINES_MILLIS);
                errors.await(LAST_LINES_MILLIS);
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
