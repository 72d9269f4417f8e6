package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.WatchdogFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private static final long POLL_MILLIS = 100;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
    private static final int MAX_NAMED = 3;

    private final List<MavenProject> projects;
    private final Builder builder;
    private final Log log;
    private final SavedChanges changes;
    private final BuiltFiles built;

    // Mutable state
    private Instant lastCheck;

    /** @param begin the beginning of the build that has made the first version */
    public DevelopmentLoop(List<MavenProject> projects, Builder builder, Instant begin, Log log) {
        this.projects = projects;
        this.builder = builder;
        this.log = log;
        this.changes = new SavedChanges(watched(projects), begin);
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
     * Serves until the watchdog is stopped.
     *
     * @param unlimitedStart whether startup has no timeout
     * @throws WatchdogFailedException if the watchdog ends by itself
     */
    public void serve(WatchdogLaunch launch, boolean unlimitedStart)
            throws WatchdogFailedException, IOException, InterruptedException, DependencyResolutionRequiredException {
        built.dateBack(lastCheck);
        WatchdogProcess watchdog = WatchdogProcess.startOnTerminal(launch);
        try {
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
    private List<Path> saved() throws InterruptedException {
        List<Path> all = new ArrayList<>();
        List<Path> more;
        do {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            lastCheck = Instant.now();
            more = changes.take();
            all.addAll(more);
        } while (!more.isEmpty());
        return all;
    }

    private void rebuild(List<Path> saved, WatchdogProcess watchdog)
            throws IOException, DependencyResolutionRequiredException {
        if (saved.isEmpty()) {
            return;
        }
        log.info("Changed: " + described(saved));
        if (projects.stream()
                .anyMatch(project -> saved.contains(project.getFile().toPath()))) {
            log.warn("What has changed in pom.xml is taken up when watchdog:run is started again.");
        }
        long start = System.nanoTime();
        try {
            watchdog.replace(builder.build());
            log.info("Built in %d ms"
                    .formatted(Duration.ofNanos(System.nanoTime() - start).toMillis()));
        } catch (CompilationFailedException e) {
            String reason = String.valueOf(e.getMessage());
            if (!e.isPrinted()) {
                log.error(reason);
            }
            log.error("Not built. Calls are answered with the error until a change is saved that mends it.");
            watchdog.fail(reason);
        } finally {
            built.dateBack(lastCheck);
        }
    }

    private String described(List<Path> saved) {
        Path base = projects.get(projects.size() - 1).getBasedir().toPath();
        String named = saved.stream()
                .limit(MAX_NAMED)
                .map(file -> (file.startsWith(base) ? base.relativize(file) : file).toString())
                .collect(Collectors.joining(", "));
        return saved.size() > MAX_NAMED ? "%s and %d more".formatted(named, saved.size() - MAX_NAMED) : named;
    }
}
