package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.model.FileSet;
import org.apache.maven.plugin.logging.Log;
import org.apache.maven.project.MavenProject;

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
         * @param built whether there is a function
         */
        WatchdogLaunch launch(Map<String, String> variables, boolean built)
                throws WatchdogFailedException, InvalidSettingsException, IOException;
    }

    /**
     * The end of a build.
     *
     * @param failure why there is no next version; empty if there is one
     */
    private record Outcome(Map<String, String> variables, String failure) {
        boolean built() {
            return failure.isEmpty();
        }
    }

    private static final long POLL_MILLIS = 100;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
    private static final int MAX_NAMED = 3;

    private final List<MavenProject> projects;
    private final Builder builder;
    private final Log log;
    private final SavedChanges changes;
    private final BuiltFiles built;
    private final DeletedResources deleted;

    // Mutable state
    private Instant lastCheck;

    /** @param begin the beginning of Maven's build: files that are saved later are built */
    public DevelopmentLoop(List<MavenProject> projects, Builder builder, Instant begin, Log log) {
        this.projects = projects;
        this.builder = builder;
        this.log = log;
        this.changes = new SavedChanges(() -> watched(projects), begin);
        this.deleted = DeletedResources.of(projects);
        this.built = new BuiltFiles(projects.stream()
                .map(project -> Path.of(project.getBuild().getOutputDirectory()))
                .toList());
        this.lastCheck = begin;
    }

    private static List<Path> watched(List<MavenProject> projects) {
        List<Path> roots = new ArrayList<>();
        for (MavenProject project : projects) {
            Path target = Path.of(project.getBuild().getDirectory());
            List<String> folders = new ArrayList<>(built(project).getCompileSourceRoots());
            folders.addAll(
                    project.getResources().stream().map(FileSet::getDirectory).toList());
            folders.stream()
                    .map(Path::of)
                    // The build's own output is not a change.
                    .filter(folder -> !folder.startsWith(target))
                    .forEach(roots::add);
            roots.add(project.getFile().toPath());
        }
        return roots;
    }

    /** The build before this goal used a project of its own, to which its plugins may have added folders. */
    private static MavenProject built(MavenProject project) {
        MavenProject forked = project.getExecutionProject();
        return forked == null ? project : forked;
    }

    /**
     * Builds the first version, and serves until the watchdog is stopped. A version that cannot be built, the first one
     * too, is awaited.
     *
     * @param unlimitedStart whether startup has no timeout
     * @param afterwards runs when the watchdog has ended because this JVM ends
     * @throws WatchdogFailedException if the watchdog ends by itself
     */
    public void serve(Launcher launcher, boolean unlimitedStart, Runnable afterwards)
            throws WatchdogFailedException, InvalidSettingsException, IOException, InterruptedException,
                    DependencyResolutionRequiredException {
        Outcome first = build();
        WatchdogProcess watchdog =
                WatchdogProcess.startOnTerminal(launcher.launch(first.variables(), first.built()), afterwards);
        try {
            if (!first.built()) {
                watchdog.fail(first.failure());
            }
            WatchdogProcess.Ports ports = watchdog.awaitPorts(unlimitedStart ? Duration.ofDays(1) : START_TIMEOUT);
            log.info(
                    "Serving %s at %s, its metrics at http://localhost:%d/metrics. Saved changes are taken up. Ctrl-C ends it."
                            .formatted(name(), ports.url(), ports.metricsPort()));
            while (watchdog.alive()) {
                rebuild(saved(), watchdog);
            }
            if (watchdog.exitStatus() != 0) {
                throw new WatchdogFailedException("the watchdog ended with exit status %d, and its log says why"
                        .formatted(watchdog.exitStatus()));
            }
        } finally {
            watchdog.stop();
        }
    }

    private String name() {
        return projects.get(projects.size() - 1).getArtifactId();
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

    private void rebuild(Set<Path> saved, WatchdogProcess watchdog)
            throws IOException, DependencyResolutionRequiredException {
        if (saved.isEmpty()) {
            return;
        }
        log.info("Changed: " + described(saved));
        if (projects.stream()
                .anyMatch(project -> saved.contains(project.getFile().toPath()))) {
            log.warn("What has changed in pom.xml is taken up when watchdog:run is started again.");
        }
        deleted.delete(saved);
        long start = System.nanoTime();
        Outcome outcome = build();
        if (outcome.built()) {
            watchdog.replace(outcome.variables());
            log.info("Built in %d ms"
                    .formatted(Duration.ofNanos(System.nanoTime() - start).toMillis()));
        } else {
            watchdog.fail(outcome.failure());
        }
    }

    private Outcome build() throws IOException, DependencyResolutionRequiredException {
        try {
            return new Outcome(builder.build(), "");
        } catch (CompilationFailedException e) {
            return failed(String.valueOf(e.getMessage()), !e.isPrinted());
        } catch (IOException e) {
            // Another Maven may clean or compile the same project meanwhile.
            return failed("The classes cannot be copied: " + e, true);
        } finally {
            built.dateBack(lastCheck);
        }
    }

    private Outcome failed(String reason, boolean print) {
        if (print) {
            log.error(reason);
        }
        log.error("Not built. Requests get the error as their response until a change is saved that fixes it.");
        return new Outcome(Map.of(), reason);
    }

    private String described(Set<Path> saved) {
        Path base = projects.get(projects.size() - 1).getBasedir().toPath();
        String named = saved.stream()
                .limit(MAX_NAMED)
                .map(file -> (file.startsWith(base) ? base.relativize(file) : file).toString())
                .collect(Collectors.joining(", "));
        return saved.size() > MAX_NAMED ? "%s and %d more".formatted(named, saved.size() - MAX_NAMED) : named;
    }
}
