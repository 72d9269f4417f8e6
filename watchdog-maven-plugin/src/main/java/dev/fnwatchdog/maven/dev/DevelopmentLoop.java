package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugin.logging.Log;

/** Keeps a watchdog running around a function under development. Threads: the goal's own. */
public final class DevelopmentLoop {
    /** Builds the function's next version. */
    public interface Builder {
        /** Returns the changed variables of the function's environment. */
        Map<String, String> build()
                throws CompilationFailedException, IOException, DependencyResolutionRequiredException;
    }

    /** Completes the way to start the watchdog. */
    public interface Launcher {
        /**
         * Returns how to start it with these variables of the function's environment.
         *
         * @param function whether it is built
         */
        WatchdogLaunch launch(Map<String, String> variables, WatchdogLaunch.Function function)
                throws WatchdogFailedException, InvalidSettingsException, IOException;
    }

    /** Compares the goal's parameters with those of the projects that have been read again. */
    public interface Parameters {
        /**
         * Returns whether the watchdog has to be started again for them.
         *
         * @throws InvalidSettingsException if they cannot be used
         */
        boolean changed() throws CompilationFailedException, InvalidSettingsException, WatchdogFailedException;
    }

    /** Why a loop has ended. */
    public enum End {
        /** The watchdog has been stopped. */
        STOPPED,
        /** The goal has other parameters now, with which it has to begin again. */
        RECONFIGURED
    }

    /**
     * The end of a build.
     *
     * @param failure why there is no next version; empty if there is one
     */
    private record Outcome(Result result, Map<String, String> variables, String failure) {
        enum Result {
            BUILT,
            FAILED,
            RECONFIGURED
        }

        boolean built() {
            return result == Result.BUILT;
        }
    }

    private static final long POLL_MILLIS = 100;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
    private static final int MAX_NAMED = 3;

    private final DevelopedProjects projects;
    private final Builder builder;
    private final Parameters parameters;
    private final Log log;
    private final SavedChanges changes;

    // Mutable state
    private Instant lastCheck;

    /** @param begin the beginning of Maven's build: files that are saved later are built */
    public DevelopmentLoop(DevelopedProjects projects, Builder builder, Parameters parameters, Instant begin, Log log) {
        this.projects = projects;
        this.builder = builder;
        this.parameters = parameters;
        this.log = log;
        this.changes = new SavedChanges(projects::watched, begin, projects.dependencies());
        this.lastCheck = begin;
    }

    /**
     * Builds the first version, and serves until the watchdog is stopped. A version that cannot be built, the first one
     * too, is awaited.
     *
     * @param unlimitedStart whether startup has no timeout
     * @param afterwards runs when the watchdog has ended because this JVM ends
     * @throws WatchdogFailedException if the watchdog ends by itself
     */
    public End serve(Launcher launcher, boolean unlimitedStart, Runnable afterwards)
            throws WatchdogFailedException, InvalidSettingsException, IOException, InterruptedException,
                    DependencyResolutionRequiredException {
        Outcome first = build();
        WatchdogLaunch launch = launcher.launch(
                first.variables(), first.built() ? WatchdogLaunch.Function.DEVELOPED : WatchdogLaunch.Function.UNBUILT);
        WatchdogProcess watchdog = WatchdogProcess.startOnTerminal(launch, afterwards);
        try {
            watchdog.describeOrigins();
            if (!first.built()) {
                watchdog.fail(first.failure());
            }
            WatchdogProcess.Ports ports = watchdog.awaitPorts(unlimitedStart ? Duration.ofDays(1) : START_TIMEOUT);
            log.info(
                    "Serving %s at %s, with metrics at http://localhost:%d/metrics and the development page at %s/_/dev. Saved changes are reloaded. Press Ctrl-C to stop."
                            .formatted(
                                    projects.function().getArtifactId(),
                                    ports.url(),
                                    ports.metricsPort(),
                                    ports.url()));
            while (watchdog.alive()) {
                if (rebuild(saved(), watchdog) == Outcome.Result.RECONFIGURED) {
                    log.info("The parameters of watchdog:run have changed: the watchdog is restarted with them.");
                    return End.RECONFIGURED;
                }
            }
            if (watchdog.exitStatus() != 0) {
                throw new WatchdogFailedException("the watchdog ended with exit status %d; its log contains the reason"
                        .formatted(watchdog.exitStatus()));
            }
            return End.STOPPED;
        } finally {
            watchdog.stop();
        }
    }

    /** Returns when the files were last compared: those that were saved later have not been built. */
    public Instant lastCheck() {
        return lastCheck;
    }

    /** Returns the files that have changed since the last call, once no more are being saved. */
    private Set<Path> saved() throws InterruptedException {
        Set<Path> all = new TreeSet<>();
        List<Path> more;
        do {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            lastCheck = Instant.now();
            more = changes.take();
            all.addAll(more);
        } while (!more.isEmpty());
        return all;
    }

    private Outcome.Result rebuild(Set<Path> saved, WatchdogProcess watchdog)
            throws IOException, DependencyResolutionRequiredException {
        if (saved.isEmpty()) {
            return Outcome.Result.BUILT;
        }
        log.info("Changed: " + described(saved));
        projects.changed(saved);
        DeletedResources.of(projects.all()).delete(saved);
        long start = System.nanoTime();
        Outcome outcome = build();
        switch (outcome.result()) {
            case BUILT -> {
                watchdog.replace(outcome.variables());
                log.info("Built in %d ms"
                        .formatted(Duration.ofNanos(System.nanoTime() - start).toMillis()));
            }
            case FAILED -> watchdog.fail(outcome.failure());
            case RECONFIGURED -> {}
        }
        return outcome.result();
    }

    private Outcome build() throws IOException, DependencyResolutionRequiredException {
        try {
            if (projects.outdated()) {
                projects.read();
                changes.watchNew();
                if (parameters.changed()) {
                    return new Outcome(Outcome.Result.RECONFIGURED, Map.of(), "");
                }
                // Nothing tells the compiler that the classes were compiled with other dependencies.
                BuiltFiles.dateBack(projects.classes(), Instant.EPOCH);
                projects.current();
            }
            return new Outcome(Outcome.Result.BUILT, builder.build(), "");
        } catch (CompilationFailedException e) {
            return failed(String.valueOf(e.getMessage()), !e.isPrinted());
        } catch (InvalidSettingsException | WatchdogFailedException e) {
            return failed(String.valueOf(e.getMessage()), true);
        } catch (IOException e) {
            // Another Maven may clean or compile the same project meanwhile.
            return failed("The classes cannot be copied: " + e, true);
        } finally {
            BuiltFiles.dateBack(projects.classes(), lastCheck);
        }
    }

    private Outcome failed(String reason, boolean print) {
        if (print) {
            log.error(reason);
        }
        log.error(
                "The build failed. Each request gets the error as its response until you save a change that corrects it.");
        return new Outcome(Outcome.Result.FAILED, Map.of(), reason);
    }

    private String described(Set<Path> saved) {
        Path base = projects.function().getBasedir().toPath();
        String named = saved.stream()
                .limit(MAX_NAMED)
                .map(file -> (file.startsWith(base) ? base.relativize(file) : file).toString())
                .collect(Collectors.joining(", "));
        return saved.size() > MAX_NAMED ? "%s and %d more".formatted(named, saved.size() - MAX_NAMED) : named;
    }
}
