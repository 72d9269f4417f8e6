package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.HealthcheckConfig;
import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.Settings;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.LockFile;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.log.Console;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.InvalidMetricsSettingsException;
import dev.fnwatchdog.core.metrics.MetricsSettings;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.FunctionStreams;
import dev.fnwatchdog.core.process.launch.LaunchPreload;
import dev.fnwatchdog.core.process.launch.OrphanReaper;
import dev.fnwatchdog.undertow.internal.io.FatalErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The watchdog as a program: environment variables, signals, exit statuses (specification 1.1, 1.21, 7.5, 7.10, 7.11). Other
 * programs use {@link Watchdog}.
 */
public final class Main {
    private static final int OK = 0;
    private static final int FAILED = 1;
    /** SIGHUP is included because a function, in a session of its own, would outlive the terminal and its watchdog. */
    private static final List<Shutdown.Cause> SIGNALS =
            List.of(Shutdown.Cause.SIGTERM, Shutdown.Cause.SIGINT, Shutdown.Cause.SIGHUP);

    private static final long STARTUP_TIMEOUT_SECONDS = 5;

    private Main() {}

    /**
     * Runs the watchdog until a signal arrives or the function ends, then ends the JVM.
     *
     * @param arguments none, or one of the options that {@code --help} prints
     */
    public static void main(String[] arguments) {
        int status = run(arguments, System.getenv());
        // Use halt, not exit: there are no shutdown hooks, and a second signal must not wait for any.
        Runtime.getRuntime().halt(status);
    }

    private static int run(String[] arguments, Map<String, String> environment) {
        if (arguments.length == 0) {
            return serve(environment, null);
        }
        if (arguments[0].equals("--controlled") && arguments.length > 1) {
            ControlInput.Function function = ControlInput.Function.of(arguments.length > 2 ? arguments[2] : "");
            return serve(environment, new ControlInput(System.in, Path.of(arguments[1]), environment, function));
        }
        if (ArchiveCommand.isMeantBy(arguments)) {
            return ArchiveCommand.run(List.of(arguments), environment, SIGNALS);
        }
        return arguments.length == 1 ? command(arguments[0], environment) : unknown(arguments[1]);
    }

    private static int command(String argument, Map<String, String> environment) {
        switch (argument) {
            case "--version", "-version" -> Console.print(WatchdogVersion.text());
            case "--help", "-help" -> Console.print(Settings.help());
            case "--run-healthcheck", "-run-healthcheck" -> {
                return healthcheck(environment);
            }
            default -> {
                return unknown(argument);
            }
        }
        return OK;
    }

    private static int unknown(String argument) {
        Console.error("unknown argument \"%s\": expected --version, --help, --run-healthcheck or --archive FILE"
                .formatted(argument));
        return FAILED;
    }

    private static int healthcheck(Map<String, String> environment) {
        try {
            HealthcheckConfig config = HealthcheckConfig.parse(environment);
            if (!config.lockFile()) {
                return HealthcheckCommand.healthy(config.port()) ? OK : FAILED;
            }
            return healthy(LockFile.in(config.temporaryDirectory())) ? OK : FAILED;
        } catch (InvalidConfigException e) {
            Console.error(e.getMessage());
        }
        return FAILED;
    }

    /** Returns whether the watchdog that wrote the lock file serves; an ended one may have left its file behind. */
    private static boolean healthy(Path lockFile) {
        LockFile.Inspection found = LockFile.inspect(lockFile);
        return switch (found.state()) {
            case ABSENT -> {
                Console.error("unable to find lock file.");
                yield false;
            }
            case ABANDONED -> {
                Console.error("the watchdog that wrote the lock file " + lockFile + " is no longer running");
                yield false;
            }
            case HELD -> HealthcheckCommand.healthy(found.port());
            case FOREIGN -> true;
        };
    }

    /** Runs the watchdog and logs every failure in the configured log format. */
    private static int serve(Map<String, String> environment, @Nullable ControlInput control) {
        tuneLibraries();
        StartupPreload preload = StartupPreload.begin();
        try (WatchdogLog log = WatchdogLog.toStandardStreams(LogConfig.parseLeniently(environment))) {
            try {
                return serve(WatchdogConfig.parse(environment), environment, log, control, preload);
            } catch (InvalidConfigException e) {
                e.mistakes().forEach(mistake -> log.error(mistake.describe()));
                logMistakeOfMetrics(log);
            } catch (FunctionFailedException e) {
                log(e, log);
            } catch (IOException e) {
                log.error(String.valueOf(e.getMessage()));
            }
        }
        return FAILED;
    }

    /** Reports a mistake in the settings of the Prometheus library together with those in the watchdog's. */
    private static void logMistakeOfMetrics(WatchdogLog log) {
        try {
            MetricsSettings.load();
        } catch (InvalidMetricsSettingsException e) {
            log.error(String.valueOf(e.getMessage()));
        }
    }

    private static void log(FunctionFailedException failure, WatchdogLog log) {
        String message = String.valueOf(failure.getMessage());
        if (failure.thrownByFunction() && failure.getCause() != null) {
            log.error(message, failure.getCause());
        } else {
            log.error(message);
        }
    }

    private static int serve(
            WatchdogConfig config,
            Map<String, String> environment,
            WatchdogLog log,
            @Nullable ControlInput control,
            StartupPreload preload)
            throws IOException, FunctionFailedException {
        QuietLoggerProvider.sendTo(log::warn);
        endOnFatalErrors(log, LockFile.in(config.temporaryDirectory()));
        if (config.mode() instanceof ModeConfig.Inproc) {
            // The function's prints are its output, as in the other modes. An embedding program keeps its streams.
            FunctionStreams.redirect(log, config.log());
        } else if (config.mode() instanceof ModeConfig.Http http) {
            StartupPreload.prepareFunction(environment);
            if (NameCachePolicy.concerns(http.upstream().getHost())) {
                NameCachePolicy.apply();
            }
        } else if (!(config.mode() instanceof ModeConfig.Static)) {
            LaunchPreload.begin();
        }
        preload.awaitXnio();
        CompletableFuture<Watchdog> started = new CompletableFuture<>();
        CompletableFuture<Integer> exitStatus = new CompletableFuture<>();
        // Handle signals from before the startup on: a function that is starting must not be left behind.
        AtomicBoolean signalled = new AtomicBoolean();
        for (Shutdown.Cause cause : SIGNALS) {
            SignalListener.handle(cause.name().substring("SIG".length()), () -> {
                if (signalled.getAndSet(true) && !started.isDone()) {
                    endAtOnce(cause);
                }
                complete(exitStatus, () -> started.join().stop(cause));
            });
        }
        if (control != null) {
            control.listen(log, () -> closeOnceStarted(started, exitStatus));
        }
        WatchdogBuilder builder =
                Watchdog.builder(config).environment(environment).log(log).lockFile();
        Watchdog watchdog = (control == null ? builder : control.function().configure(builder)).start();
        started.complete(watchdog);
        OrphanReaper.start(log::warn);
        if (control != null) {
            control.executeCommands(watchdog, log);
        }
        watchdog.functionEnded()
                .thenRunAsync(() -> complete(exitStatus, () -> {
                    watchdog.close();
                    return FAILED;
                }));
        return exitStatus.join();
    }

    /** Ends the process after a fatal error, whether the watchdog or a library caught it, or no handler did. */
    private static void endOnFatalErrors(WatchdogLog log, Path lockFile) {
        FatalErrors fatalErrors = new FatalErrors(log, lockFile, Runtime.getRuntime()::halt);
        log.observeFailures(fatalErrors);
        QuietLoggerProvider.observeFailures(fatalErrors);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            fatalErrors.accept(failure);
            log.error("The thread " + thread.getName() + " has failed", failure);
        });
    }

    /** Closes the watchdog when the build tool has ended; a startup that hangs is aborted after a timeout. */
    private static void closeOnceStarted(CompletableFuture<Watchdog> started, CompletableFuture<Integer> exitStatus) {
        try {
            Watchdog watchdog = started.get(STARTUP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            complete(exitStatus, () -> watchdog.stop(Shutdown.Cause.CLOSE));
        } catch (TimeoutException | ExecutionException e) {
            endAtOnce(Shutdown.Cause.SIGTERM);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the descendants and halts: the startup hangs, and there is no watchdog yet that could stop gracefully. */
    private static void endAtOnce(Shutdown.Cause cause) {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(cause.immediateExitStatus());
    }

    /** Completes the exit status even where {@code stop} throws; otherwise the program would neither serve nor end. */
    private static void complete(CompletableFuture<Integer> exitStatus, Supplier<Integer> stop) {
        try {
            exitStatus.complete(stop.get());
        } finally {
            exitStatus.complete(FAILED);
        }
    }

    /** Sets the system properties that Undertow and its threads read once. An embedding program sets its own. */
    private static void tuneLibraries() {
        // Time, in milliseconds, in which the client can close a connection first after the close was announced.
        System.setProperty("io.undertow.max-drain-time", "500");
        // The beans are not used, and registering them delays the startup.
        System.setProperty("jboss.threads.eqe.disable-mbean", "true");
        if (Runtime.version().feature() < 22) {
            // Starts a process in half the time of the JDK's default mechanism; JDK 22 and later have a better one.
            System.setProperty("jdk.lang.Process.launchMechanism", "VFORK");
            // With one thread in the common pool, as on two processors, the JDK reports the end of each process by a
            // new thread.
            if (Runtime.getRuntime().availableProcessors() <= 2) {
                System.setProperty("java.util.concurrent.ForkJoinPool.common.parallelism", "2");
            }
        }
    }
}
