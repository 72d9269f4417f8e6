package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Lifecycle;
import dev.fnwatchdog.core.health.LockFile;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.InvalidMetricsSettingsException;
import dev.fnwatchdog.core.metrics.MetricsSettings;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.FunctionStreams;
import dev.fnwatchdog.core.process.launch.LaunchPreload;
import dev.fnwatchdog.core.process.launch.OrphanReaper;
import dev.fnwatchdog.undertow.internal.io.FatalErrors;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of the watchdog as a program, from its settings to its exit status (specification 7.5, 7.10, 7.11).
 *
 * <p>Threads: the main thread. A signal, the end of the control input and the end of the function stop the watchdog on their own
 * threads.
 */
final class Program {
    static final int FAILED = 1;

    /** SIGHUP is included because a function, in a session of its own, would outlive the terminal and its watchdog. */
    static final List<Shutdown.Cause> SIGNALS =
            List.of(Shutdown.Cause.SIGTERM, Shutdown.Cause.SIGINT, Shutdown.Cause.SIGHUP);

    private static final long STARTUP_TIMEOUT_SECONDS = 5;

    private final Map<String, String> environment;
    private final @Nullable ControlInput control;
    private final IntConsumer halt;
    private final WatchdogLog log;
    private final Consumer<String> warnings;
    private final Lifecycle lifecycle = new Lifecycle();
    private final CompletableFuture<Watchdog> started = new CompletableFuture<>();
    private final CompletableFuture<Integer> exitStatus = new CompletableFuture<>();

    private Program(
            Map<String, String> environment, @Nullable ControlInput control, IntConsumer halt, WatchdogLog log) {
        this.environment = environment;
        this.control = control;
        this.halt = halt;
        this.log = log;
        this.warnings = log::warn;
    }

    /**
     * Runs the watchdog until it is stopped, and returns the exit status. Every failure is logged in the configured log format.
     *
     * @param control of the build tool that has started the program, if one has
     * @param halt ends the JVM at once, with a status
     */
    static int run(Map<String, String> environment, @Nullable ControlInput control, IntConsumer halt) {
        StartupPreload preload = StartupPreload.begin();
        try (WatchdogLog log = WatchdogLog.toStandardStreams(LogConfig.parseLeniently(environment))) {
            return new Program(environment, control, halt, log).run(preload);
        }
    }

    private int run(StartupPreload preload) {
        try {
            WatchdogConfig config = WatchdogConfig.parse(environment);
            observeFailures(config);
            prepareFunction(config);
            preload.awaitXnio();
            // Before the start: a function that is starting must not be left behind.
            listenForTheEnd();
            try (Watchdog watchdog = start(config)) {
                serve(watchdog);
                return exitStatus.join();
            }
        } catch (InvalidConfigException e) {
            e.mistakes().forEach(mistake -> log.error(mistake.describe()));
            logMistakeOfMetrics();
        } catch (IOException e) {
            log(e);
        }
        return FAILED;
    }

    /** Reports a mistake in the settings of the Prometheus library together with those in the watchdog's. */
    private void logMistakeOfMetrics() {
        try {
            MetricsSettings.load();
        } catch (InvalidMetricsSettingsException e) {
            log(e);
        }
    }

    private void log(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        Throwable cause = failure.getCause();
        if (cause != null && failure instanceof FunctionFailedException thrown && thrown.thrownByFunction()) {
            log.error(message, cause);
        } else {
            log.error(message);
        }
    }

    /** Ends the process after a fatal error, whether the watchdog or a library caught it, or no handler did. */
    private void observeFailures(WatchdogConfig config) {
        FatalErrors fatalErrors = new FatalErrors(log, LockFile.in(config.temporaryDirectory()), halt);
        log.observeFailures(fatalErrors);
        QuietLoggerProvider.sendTo(warnings);
        QuietLoggerProvider.observeFailures(fatalErrors);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            fatalErrors.accept(failure);
            log.error("The thread " + thread.getName() + " has failed", failure);
        });
    }

    /** Does for the mode what concerns the whole process; a program around the watchdog does as it likes. */
    private void prepareFunction(WatchdogConfig config) {
        if (config.mode() instanceof ModeConfig.Inproc) {
            // The function's prints are its output, as in the other modes.
            FunctionStreams.redirect(log, config.log());
        } else if (config.mode() instanceof ModeConfig.Http http) {
            StartupPreload.prepareFunction(environment);
            if (NameCachePolicy.concerns(http.upstream().getHost())) {
                NameCachePolicy.apply();
            }
        } else if (!(config.mode() instanceof ModeConfig.Static)) {
            LaunchPreload.begin();
        }
    }

    private void listenForTheEnd() throws IOException {
        for (Shutdown.Cause cause : SIGNALS) {
            SignalListener.handle(cause.name().substring("SIG".length()), () -> signalled(cause));
        }
        if (control != null) {
            control.listen(log, this::controlEnded);
        }
    }

    private Watchdog start(WatchdogConfig config) throws IOException, FunctionFailedException {
        WatchdogBuilder builder =
                Watchdog.builder(config).environment(environment).log(log).lockFile();
        return (control == null ? builder : control.function().configure(builder)).start();
    }

    private void serve(Watchdog watchdog) throws IOException {
        lifecycle.toAccepting();
        started.complete(watchdog);
        OrphanReaper.start(warnings);
        if (control != null) {
            control.executeCommands(watchdog, log);
        }
        watchdog.functionEnded()
                .thenRunAsync(() -> stop(() -> {
                    watchdog.close();
                    return FAILED;
                }));
    }

    private void signalled(Shutdown.Cause cause) {
        // The first one waits for the startup, the next one does not.
        if (!lifecycle.toDraining() && !started.isDone()) {
            haltNow(cause);
        }
        stop(() -> started.join().stop(cause));
    }

    /** Stops the watchdog when the build tool has ended; a startup that hangs is aborted after a timeout. */
    private void controlEnded() {
        try {
            Watchdog watchdog = started.get(STARTUP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            stop(() -> watchdog.stop(Shutdown.Cause.CLOSE));
        } catch (TimeoutException | ExecutionException e) {
            haltNow(Shutdown.Cause.SIGTERM);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the descendants and halts: the startup hangs, and there is no watchdog yet that could stop gracefully. */
    private void haltNow(Shutdown.Cause cause) {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        halt.accept(cause.immediateExitStatus());
    }

    /** Ends the run even where {@code stop} throws; otherwise the program would neither serve nor end. */
    private void stop(Supplier<Integer> stop) {
        try {
            exitStatus.complete(stop.get());
        } finally {
            exitStatus.complete(FAILED);
        }
    }
}
