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
import org.apache.maven.plugins.annotations.Execute;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.ToolchainManager;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/**
 * Runs the watchdog around the project's code until Ctrl-C. A saved change is compiled and taken up while calls are served; what
 * cannot be compiled is told in the terminal and to those who call.
 */
@Mojo(name = "run", requiresDependencyResolution = ResolutionScope.COMPILE_PLUS_RUNTIME, threadSafe = true)
@Execute(phase = LifecyclePhase.PROCESS_CLASSES)
public final class RunMojo extends ServingGoal {
    private final LifecycleExecutor lifecycle;
    private final BuildPluginManager plugins;

    /** Waits for a debugger on port 5005, or on the port that it names. */
    @Parameter(property = "watchdog.debug")
    private @Nullable String debug;

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
        if (skipped() || !modules.isFunction(getLog())) {
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
        List<String> debugging = Debugging.arguments(debug);
        checkPaths();
        RawSettings given = given();
        WatchdogConfig config = given.parse();
        FreePorts.check(config, given);
        FunctionSettings ofFunction = FunctionSettings.forUserSettings(given);
        FunctionCopies copies =
                new FunctionCopies(workFolder().resolve("classes"), longestCall(config.timeouts()), this::classes);
        ofFunction.of(copies.next()).forEach((name, value) -> given.put(name, value, "the project's class path"));
        Recompilation recompilation = new Recompilation(session(), lifecycle, plugins);
        DevelopmentLoop loop = new DevelopmentLoop(
                watched,
                () -> {
                    recompilation.run(watched);
                    return ofFunction.of(copies.next());
                },
                session().getRequest().getStartTime().toInstant(),
                getLog());
        loop.serve(launch(given, config.timeouts(), debugging), !debugging.isEmpty());
    }

    /** How long the watchdog leaves a call to the version that it began with, and a little. */
    private static Duration longestCall(Timeouts timeouts) {
        if (timeouts.exec().isZero()) {
            return Duration.ofDays(1);
        }
        return Collections.max(List.of(timeouts.exec(), timeouts.write())).plusSeconds(10);
    }
}
