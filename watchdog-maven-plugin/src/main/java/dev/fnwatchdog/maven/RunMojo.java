package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.dev.Debugging;
import dev.fnwatchdog.maven.dev.DevelopedProjects;
import dev.fnwatchdog.maven.dev.DevelopmentLoop;
import dev.fnwatchdog.maven.dev.FreePorts;
import dev.fnwatchdog.maven.dev.FunctionCopies;
import dev.fnwatchdog.maven.dev.FunctionModules;
import dev.fnwatchdog.maven.dev.FunctionSettings;
import dev.fnwatchdog.maven.dev.ProjectReader;
import dev.fnwatchdog.maven.dev.Recompilation;
import dev.fnwatchdog.maven.dev.WatchdogLaunch;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.inject.Inject;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.lifecycle.LifecycleExecutor;
import org.apache.maven.plugin.BuildPluginManager;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.project.ProjectBuilder;
import org.apache.maven.project.ProjectDependenciesResolver;
import org.jspecify.annotations.Nullable;

/**
 * Runs the watchdog around the project's code until Ctrl-C. A saved change is compiled and takes effect while requests
 * are served; compilation errors are shown in the terminal and in the responses to requests.
 */
@Mojo(name = "run", requiresDependencyResolution = ResolutionScope.COMPILE_PLUS_RUNTIME, threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields before execute.
public final class RunMojo extends ServingGoal {
    /**
     * What the watchdog is started with, without the classes of the function.
     *
     * @param timeouts the user's, for a stop that does not wait for the debugger
     * @param additional elements of the class path
     * @param launch with these settings
     */
    private record Start(
            RawSettings settings,
            Timeouts timeouts,
            List<String> debugging,
            List<File> additional,
            WatchdogLaunch launch) {
        boolean sameAs(Start other) {
            return launch.equals(other.launch) && additional.equals(other.additional);
        }
    }

    /** The goal that goes on in place of another one, and when its parameters were read. */
    private record Successor(RunMojo goal, Instant begin) {}

    @Inject
    private LifecycleExecutor lifecycle;

    @Inject
    private BuildPluginManager plugins;

    @Inject
    private ProjectBuilder projectBuilder;

    @Inject
    private ProjectDependenciesResolver dependencies;

    /**
     * Whether the JVM listens for a debugger: {@code true} for port 5005, or another port. No request times out then.
     */
    @Parameter(property = "watchdog.debug")
    private @Nullable String debug;

    /** Whether the JVM waits for the debugger before it starts, so that startup code can be debugged. */
    @Parameter(property = "watchdog.debug.suspend", defaultValue = "false")
    private boolean debugSuspend;

    @Override
    public void execute() throws MojoExecutionException {
        if (ReconfiguredGoal.handOver(this, getPluginContext())) {
            return;
        }
        FunctionModules modules = new FunctionModules(session, execution.getPlugin());
        if (skipped()) {
            return;
        }
        if (!modules.isFunction(getLog())) {
            modules.leaveToFunction();
            return;
        }
        try {
            Optional<Successor> next = Optional.of(
                    new Successor(this, session.getRequest().getStartTime().toInstant()));
            while (next.isPresent()) {
                next = next.get().goal().run(next.get().begin());
            }
        } catch (InvalidSettingsException
                | WatchdogFailedException
                | IOException
                | DependencyResolutionRequiredException e) {
            throw new MojoExecutionException("watchdog:run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs the watchdog until it is stopped, or has to be started again.
     *
     * @param begin files that were saved later are built
     * @return the goal with the parameters for another start; empty if there is none
     */
    private Optional<Successor> run(Instant begin)
            throws InvalidSettingsException, WatchdogFailedException, IOException, InterruptedException,
                    DependencyResolutionRequiredException {
        Start start = start();
        WatchdogConfig config = start.settings().parse();
        FreePorts.check(config, start.settings());
        FunctionSettings ofFunction = FunctionSettings.forUserSettings(start.settings());
        Recompilation recompilation = new Recompilation(session, lifecycle, plugins);
        ProjectReader reader =
                new ProjectReader(session, execution.getPlugin(), projectBuilder, dependencies, getLog());
        DevelopedProjects projects = new DevelopedProjects(reader.watched(), reader);
        AtomicReference<@Nullable RunMojo> next = new AtomicReference<>();
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (FunctionCopies copies =
                new FunctionCopies(temporary, maxRequestDuration(config.timeouts()), this::classes)) {
            DevelopmentLoop loop = new DevelopmentLoop(
                    projects,
                    () -> {
                        recompilation.run(projects.all());
                        return ofFunction.of(copies.next());
                    },
                    () -> {
                        RunMojo read = new ReconfiguredGoal(session, execution, lifecycle, plugins).get();
                        next.set(read);
                        return !read.start().sameAs(start);
                    },
                    begin,
                    getLog());
            DevelopmentLoop.End end =
                    loop.serve(launcher(start), !start.debugging().isEmpty() && debugSuspend, () -> delete(copies));
            return end == DevelopmentLoop.End.RECONFIGURED
                    ? Optional.ofNullable(next.get()).map(goal -> new Successor(goal, loop.lastCheck()))
                    : Optional.empty();
        }
    }

    /** Checks the parameters, and returns what they are for the watchdog. */
    private Start start() throws InvalidSettingsException, WatchdogFailedException {
        List<String> debugging = Debugging.arguments(debug, debugSuspend);
        checkPaths();
        RawSettings settings = given();
        Timeouts timeouts = settings.parse().timeouts();
        if (!debugging.isEmpty()) {
            Debugging.withoutTimeouts(settings, timeouts, getLog());
        }
        settings.parse();
        return new Start(
                settings,
                timeouts,
                debugging,
                additionalElements(),
                launch(settings, timeouts, debugging, WatchdogLaunch.Function.DEVELOPED));
    }

    /** Returns how to start the watchdog with the classes of the function. */
    private DevelopmentLoop.Launcher launcher(Start start) {
        return (variables, function) -> {
            variables.forEach((name, value) -> start.settings().put(name, value, "the project's class path"));
            return launch(start.settings(), start.timeouts(), start.debugging(), function);
        };
    }

    /** Deletes the copies when Ctrl-C ends Maven; there is no caller that a failure could be reported to. */
    private void delete(FunctionCopies copies) {
        try {
            copies.close();
        } catch (IOException e) {
            getLog().warn("The copies of the function's classes could not be deleted: " + e);
        }
    }

    /** Returns how long a request may run in the version in which it began, plus a margin. */
    private static Duration maxRequestDuration(Timeouts timeouts) {
        if (timeouts.exec().isZero()) {
            return Duration.ofDays(1);
        }
        return Collections.max(List.of(timeouts.exec(), timeouts.write())).plusSeconds(10);
    }
}
