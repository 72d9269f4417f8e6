package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.HealthcheckConfig;
import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.Settings;
import dev.fnwatchdog.core.health.LockFile;
import dev.fnwatchdog.core.log.Console;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The watchdog as a program: environment variables, signals, exit statuses (specification 1.1, 1.21, 7.5, 7.10, 7.11). Other
 * programs use {@link Watchdog}.
 */
public final class Main {
    private static final int OK = 0;

    private static final String PARALLELISM = "java.util.concurrent.ForkJoinPool.common.parallelism";

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
            return ArchiveCommand.run(List.of(arguments), environment, Program.SIGNALS);
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
        return Program.FAILED;
    }

    private static int healthcheck(Map<String, String> environment) {
        try {
            HealthcheckConfig config = HealthcheckConfig.parse(environment);
            if (!config.lockFile()) {
                return HealthcheckCommand.healthy(config.port()) ? OK : Program.FAILED;
            }
            return healthy(LockFile.in(config.temporaryDirectory())) ? OK : Program.FAILED;
        } catch (InvalidConfigException e) {
            Console.error(e.getMessage());
        }
        return Program.FAILED;
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

    private static int serve(Map<String, String> environment, @Nullable ControlInput control) {
        tuneLibraries();
        tuneProcesses(environment);
        return Program.run(environment, control, Runtime.getRuntime()::halt);
    }

    /** Sets the system properties that Undertow and its threads read once. An embedding program sets its own. */
    private static void tuneLibraries() {
        // Time, in milliseconds, in which the client can close a connection first after the close was announced.
        System.setProperty("io.undertow.max-drain-time", "500");
        // The beans are not used, and registering them delays the startup.
        System.setProperty("jboss.threads.eqe.disable-mbean", "true");
    }

    /** Sets the system properties by which the JDK starts processes and reports their end. JDK 22 and later have a better way. */
    private static void tuneProcesses(Map<String, String> environment) {
        if (Runtime.version().feature() >= 22) {
            return;
        }
        // Starts a process in half the time of the JDK's default mechanism.
        System.setProperty("jdk.lang.Process.launchMechanism", "VFORK");
        // With a single thread in the common pool, as on one or two processors, the end of each process is reported by
        // a new thread.
        // In inproc mode the pool is the function's.
        boolean pooled = System.getProperty(PARALLELISM) != null
                || Runtime.getRuntime().availableProcessors() > 2
                || "inproc".equals(environment.get("mode"));
        if (!pooled) {
            System.setProperty(PARALLELISM, "2");
        }
    }
}
