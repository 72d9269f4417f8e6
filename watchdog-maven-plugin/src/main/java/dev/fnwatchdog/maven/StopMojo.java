package dev.fnwatchdog.maven;

import dev.fnwatchdog.maven.dev.StartedWatchdogs;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Stops the watchdogs that {@code watchdog:start} has started for this project, and returns when they have ended. */
@Mojo(name = "stop", defaultPhase = LifecyclePhase.POST_INTEGRATION_TEST, threadSafe = true)
public final class StopMojo extends AbstractMojo {
    /** Whether to skip the goal. */
    @Parameter(property = "watchdog.skip", defaultValue = "false")
    private boolean skip;

    @Override
    public void execute() {
        if (skip) {
            getLog().info("watchdog:stop is skipped (watchdog.skip=true)");
            return;
        }
        int stopped = StartedWatchdogs.of(getPluginContext()).stopAll();
        getLog().info(stopped == 0 ? "No watchdog has been started" : "The watchdog has ended");
    }
}
