package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.dev.FreePorts;
import dev.fnwatchdog.maven.dev.FunctionSettings;
import dev.fnwatchdog.maven.dev.StartedWatchdogs;
import dev.fnwatchdog.maven.dev.WatchdogLaunch;
import dev.fnwatchdog.maven.dev.WatchdogProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;

/**
 * Starts the watchdog around the project's code, and ends when it is ready. Tests find it by the properties
 * {@code watchdog.url}, {@code watchdog.port} and {@code watchdog.metricsPort} of the project.
 */
@Mojo(
        name = "start",
        defaultPhase = LifecyclePhase.PRE_INTEGRATION_TEST,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
public final class StartMojo extends ServingGoal {
    /**
     * The time in seconds in which the function must be ready; after that the watchdog is killed and the build fails.
     */
    @Parameter(property = "watchdog.startTimeout", defaultValue = "60")
    private int startTimeout;

    @Override
    public void execute() throws MojoExecutionException {
        if (skipped()) {
            return;
        }
        try {
            start();
        } catch (InvalidSettingsException
                | WatchdogFailedException
                | IOException
                | DependencyResolutionRequiredException e) {
            throw new MojoExecutionException("watchdog:start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("watchdog:start was interrupted", e);
        }
    }

    private void start()
            throws InvalidSettingsException, WatchdogFailedException, IOException, InterruptedException,
                    DependencyResolutionRequiredException {
        checkPaths();
        RawSettings given = given().putDefault("port", "0").putDefault("metrics_port", "0");
        FunctionSettings.forUserSettings(given)
                .of(classes())
                .forEach((name, value) -> given.put(name, value, "the project's class path"));
        WatchdogConfig config = given.parse();
        FreePorts.check(config, given);
        WatchdogLaunch launch = launch(given, config.timeouts(), List.of(), WatchdogLaunch.Function.BUILT);
        Path log = workFolder().resolve(execution.getExecutionId() + ".log");
        Files.createDirectories(log.getParent());
        WatchdogProcess watchdog = WatchdogProcess.startLoggingTo(log, launch);
        boolean ready = false;
        try {
            publish(watchdog.awaitReady(Duration.ofSeconds(startTimeout)), log);
            StartedWatchdogs.of(getPluginContext()).add(watchdog);
            ready = true;
        } finally {
            if (!ready) {
                watchdog.kill();
                watchdog.stop();
                getLog().error("The log of the watchdog that did not become ready:");
                readLines(log).forEach(getLog()::error);
            }
        }
    }

    private void publish(WatchdogProcess.Ports ports, Path log) {
        Properties properties = project().getProperties();
        properties.setProperty("watchdog.port", Integer.toString(ports.port()));
        properties.setProperty("watchdog.metricsPort", Integer.toString(ports.metricsPort()));
        properties.setProperty("watchdog.url", ports.url());
        StartedWatchdogs.of(getPluginContext()).published(ports.port());
        getLog().info("Serving %s at %s; its log is %s".formatted(project().getArtifactId(), ports.url(), log));
    }

    /** A port that an earlier start has published is not a setting for the next one. */
    @Override
    boolean accepts(String value) {
        return !StartedWatchdogs.of(getPluginContext()).hasPublished(value);
    }

    private static List<String> readLines(Path log) {
        try {
            return Files.readString(log, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }
}
