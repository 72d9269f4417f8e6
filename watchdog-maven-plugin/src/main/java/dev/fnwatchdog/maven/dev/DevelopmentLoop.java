package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.WatchdogFailedException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
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

/** Keeps a watchdog running around a function that is being written. Threads: the goal's own. */
public final class DevelopmentLoop {
    /** Makes the function's next version. */
    public interface Builder {
        /** Returns what is new in its environment. */
        Map<String, String> build()
                throws CompilationFailedException, IOException, DependencyResolutionRequiredException;
    }

    private static final long LOOK_MILLIS = 100;
    private static final Duration START_LIMIT = Duration.ofMinutes(1);
    private static final int NAMED = 3;

    private final List<MavenProject> projects;
    private final Builder builder;
    private final Log log;
    private final SavedChanges changes;
    private final BuiltFiles built;

    // Mutable state
    private Instant looked;

    /** @param begin when the build began that has made the first version */
    public DevelopmentLoop(List<MavenProject> projects, Builder builder, Instant begin, Log log) {
        this.projects = projects;
        this.builder = builder;
        this.log = log;
        this.changes = new SavedChanges(watched(projects), begin);
        this.built = new BuiltFiles(projects.stream()
                .map(project -> Path.of(project.getBuild().getOutputDirectory()))
                .toList());
        this.looked = begin;
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
                    // What the build itself writes is no change.
                    .filter(folder -> !folder.startsWith(target))
                    .forEach(roots::add);
            roots.add(project.getFile().toPath());
        }
        return roots;
    }

    /** The build before this goal had a project of its own, to which its plugins may have added folders. */
    private static MavenProject built(MavenProject project) {
        MavenProject forked = project.getExecutionProject();
        return forked == null ? project : forked;
    }

    /**
     * Returns when the watchdog has been told to end.
     *
     * @param patient whether the start may take as long as it likes
     * @throws WatchdogFailedException where the watchdog ends by itself
     */
    public void serve(WatchdogLaunch launch, boolean patient)
            throws WatchdogFailedException, IOException, InterruptedException, DependencyResolutionRequiredException {
        built.dateBack(looked);
        WatchdogProcess watchdog = WatchdogProcess.start(launch, Redirect.INHERIT);
        try {
            WatchdogProcess.Ports ports = watchdog.awaitPorts(patient ? Duration.ofDays(1) : START_LIMIT);
            log.info(
                    "Serving %s at %s, its metrics at http://localhost:%d/metrics. Saved changes are taken up. Ctrl-C ends it."
                            .formatted(name(), ports.url(), ports.metricsPort()));
            while (watchdog.alive()) {
                takeUp(saved(), watchdog);
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

    /** What has changed since the last time, once nothing more is being saved. */
    private List<Path> saved() throws InterruptedException {
        List<Path> all = new ArrayList<>();
        List<Path> more;
        do {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            looked = Instant.now();
            more = changes.take();
            all.addAll(more);
        } while (!more.isEmpty());
        return all;
    }

    private void takeUp(List<Path> saved, WatchdogProcess watchdog)
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
            built.dateBack(looked);
        }
    }

    private String described(List<Path> saved) {
        Path base = projects.get(projects.size() - 1).getBasedir().toPath();
        String named = saved.stream()
                .limit(NAMED)
                .map(file -> (file.startsWith(base) ? base.relativize(file) : file).toString())
                .collect(Collectors.joining(", "));
        return saved.size() > NAMED ? "%s and %d more".formatted(named, saved.size() - NAMED) : named;
    }
}
