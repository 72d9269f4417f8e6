package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.dev.Debugging;
import dev.fnwatchdog.maven.dev.DevelopmentLoop;
import dev.fnwatchdog.maven.dev.FreePorts;
import dev.fnwatchdog.maven.dev.FunctionCopies;
import dev.fnwatchdog.maven.dev.FunctionModules;
import dev.fnwatchdog.maven.dev.FunctionSettings;
import dev.fnwatchdog.maven.dev.Recompilation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.lifecycle.LifecycleExecutor;
import org.apache.maven.plugin.BuildPluginManager;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.ToolchainManager;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/**
 * Runs the watchdog around the project's code until Ctrl-C. A saved change is compiled and takes effect while requests
 * are served; compilation errors are shown in the terminal and in the responses to requests.
 */
@Mojo(name = "run", requiresDependencyResolution = ResolutionScope.COMPILE_PLUS_RUNTIME, threadSafe = true)
public final class RunMojo extends ServingGoal {
    private final LifecycleExecutor lifecycle;
    private final BuildPluginManager plugins;

    /**
     * Whether the JVM listens for a debugger: {@code true} for port 5005, or another port. No request times out then.
     */
    @Parameter(property = "watchdog.debug")
    private @Nullable String debug;

    /** Whether the JVM waits for the debugger before it starts, so that startup code can be debugged. */
    @Parameter(property = "watchdog.debug.suspend", defaultValue = "false")
    private boolean debugSuspend;

    @Inject
    RunMojo(
            MavenSession session,
            MojoExecution execution,
            ToolchainManager toolchains,
            RepositorySystem repositories,
            LifecycleExecutor lifecycle,
            BuildPluginManager plugins) {
        super(session, execution, toolchains, repositories);
        this.lifecycle = lifecycle;
        this.plugins = plugins;
    }

    @Override
    public void execute() throws MojoExecutionException {
        FunctionModules modules = new FunctionModules(session(), execution().getPlugin());
        if (skipped()) {
            return;
        }
        if (!modules.isFunction(getLog())) {
            modules.leaveToFunction();
            return;
        }
        try {
            run(modules.watched());
        } catch (InvalidSettingsException
                | WatchdogFailedException
                | IOException
                | DependencyResolutionRequiredException e) {
            throw new MojoExecutionException("watchdog:run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(List<MavenProject> watched)
            throws InvalidSettingsException, WatchdogFailedException, IOException, InterruptedException,
                    DependencyResolutionRequiredException {
        List<String> debugging = Debugging.arguments(debug, debugSuspend);
        checkPaths();
        RawSettings given = given();
        // The user's timeouts, for a stop that does not wait for the debugger.
        Timeouts timeouts = given.parse().timeouts();
        if (!debugging.isEmpty()) {
            Debugging.withoutTimeouts(given, timeouts, getLog());
        }
        WatchdogConfig config = given.parse();
        FreePorts.check(config, given);
        FunctionSettings ofFunction = FunctionSettings.forUserSettings(given);
        Recompilation recompilation = new Recompilation(session(), lifecycle, plugins);
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (FunctionCopies copies =
                new FunctionCopies(temporary, maxRequestDuration(config.timeouts()), this::classes)) {
            DevelopmentLoop loop = new DevelopmentLoop(
                    watched,
                    () -> {
                        recompilation.run(watched);
                        return ofFunction.of(copies.next());
                    },
                    session().getRequest().getStartTime().toInstant(),
                    getLog());
            loop.serve(
                    (variables, built) -> {
                        variables.forEach((name, value) -> given.put(name, value, "the project's class path"));
                        return launch(given, timeouts, debugging, built);
                    },
                    !debugging.isEmpty() && debugSuspend,
                    () -> delete(copies));
        }
    }

    /** Deletes the copies when Ctrl-C ends Maven; there is no caller that a failure could be reported to. */
    private void delete(FunctionCopies copies) {
        try {
            copies.close();
        } catch (IOException e) {
            getLog().warn("The copies of the function's classes are left behind: " + e);
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
