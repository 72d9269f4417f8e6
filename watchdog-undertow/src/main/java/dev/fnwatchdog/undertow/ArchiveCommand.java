package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.log.Console;
import dev.fnwatchdog.core.log.HumanSize;
import dev.fnwatchdog.core.process.training.ArchiveFile;
import dev.fnwatchdog.core.process.training.ArchiveKind;
import dev.fnwatchdog.core.process.training.RunningJvm;
import dev.fnwatchdog.core.process.training.TrainingRequests;
import dev.fnwatchdog.core.process.training.TrainingSettings;
import dev.fnwatchdog.core.process.training.WatchdogStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Writes an archive of classes for {@code --archive FILE [PATH...]} (specification 14). */
final class ArchiveCommand {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final List<String> NAMES = List.of("--archive", "-archive");

    private final RunningJvm jvm;
    private final int javaVersion;
    private final Map<String, String> environment;
    private final Duration timeout;

    ArchiveCommand(RunningJvm jvm, int javaVersion, Map<String, String> environment, Duration timeout) {
        this.jvm = jvm;
        this.javaVersion = javaVersion;
        this.environment = environment;
        this.timeout = timeout;
    }

    /** Returns whether these arguments are for this command. */
    static boolean isMeantBy(String[] arguments) {
        return arguments.length > 1 && NAMES.contains(arguments[0]);
    }

    /** Writes the archive, and returns the exit status. SIGTERM, SIGINT and SIGHUP abort it. */
    static int run(List<String> arguments, Map<String, String> environment, List<Shutdown.Cause> signals) {
        try {
            Thread caller = Thread.currentThread();
            for (Shutdown.Cause signal : signals) {
                SignalListener.handle(signal.name().substring("SIG".length()), caller::interrupt);
            }
            ArchiveCommand command =
                    new ArchiveCommand(RunningJvm.current(), Runtime.version().feature(), environment, TIMEOUT);
            Console.print(command.write(arguments.get(1), arguments.subList(2, arguments.size())));
            return 0;
        } catch (InvalidConfigException e) {
            Console.error(e.getMessage());
        } catch (InterruptedException e) {
            // Not interrupted again: the program ends.
            Console.error("no archive: a signal has ended it");
        } catch (IOException e) {
            Console.error("no archive: " + e.getMessage());
        }
        return 1;
    }

    /**
     * Writes the archive.
     *
     * @param paths paths that the function is requested by in addition
     * @return one line with the file, its size and the option that uses it
     * @throws IOException with the reason why there is no archive
     */
    String write(String file, List<String> paths) throws IOException, InterruptedException {
        for (String path : paths) {
            if (!path.matches("/[!-~]*")) {
                throw new IOException("the path \"%s\" cannot be requested: expected one such as /".formatted(path));
            }
        }
        WatchdogConfig config = WatchdogConfig.parse(TrainingSettings.anywhere(environment));
        ArchiveKind kind = ArchiveKind.of(javaVersion);
        try (ArchiveFile archive = ArchiveFile.at(path(file))) {
            WatchdogStart.Outcome outcome = train(kind, archive, config, paths);
            check(outcome, archive);
            long size = archive.complete();
            return "%s is written (%s): start the JVM with %s"
                    .formatted(
                            archive.target(),
                            HumanSize.format(size),
                            kind.useOption(archive.target().toString()));
        }
    }

    private static Path path(String file) throws IOException {
        try {
            if (!file.isEmpty() && !file.startsWith("-")) {
                return Path.of(file);
            }
        } catch (InvalidPathException ignored) {
            // Reported below.
        }
        throw new IOException("\"%s\" cannot be written: expected a file".formatted(file));
    }

    private WatchdogStart.Outcome train(
            ArchiveKind kind, ArchiveFile archive, WatchdogConfig config, List<String> paths)
            throws IOException, InterruptedException {
        try (StandInServer function = StandInServer.start()) {
            Map<String, String> settings =
                    new TrainingSettings(jvm.java(), jvm.classPath(), function::url).of(environment, config.mode());
            Path folder = archive.temporaryFolder();
            settings.put("TMPDIR", folder.toString());
            RunningJvm.VARIABLES.forEach(settings::remove);
            List<String> command =
                    jvm.command(kind.makeOptions(archive.unfinished().toString()), Main.class.getName());
            return new WatchdogStart(command, folder, settings, timeout)
                    .run(Path.of("").toAbsolutePath(), ports -> new TrainingRequests(ports).send(config.mode(), paths));
        }
    }

    private void check(WatchdogStart.Outcome outcome, ArchiveFile archive) throws IOException {
        if (outcome.lacksBaseArchive()) {
            throw new IOException(
                    "this Java lacks the archive of the JDK's own classes, which this one is built on: run "
                            + jvm.java() + " -Xshare:dump first");
        }
        if (outcome.end() == WatchdogStart.End.TIMED_OUT) {
            throw new IOException("the watchdog has not started and stopped within %d s: %s"
                    .formatted(timeout.toSeconds(), outcome.lastMessage()));
        }
        if (!outcome.succeeded()) {
            throw new IOException(
                    "the watchdog has ended with status %d: %s".formatted(outcome.exitStatus(), outcome.lastMessage()));
        }
        if (!Files.isRegularFile(archive.unfinished())) {
            throw new IOException("the JVM has written none: " + outcome.lastLinesOfJvm());
        }
    }
}
