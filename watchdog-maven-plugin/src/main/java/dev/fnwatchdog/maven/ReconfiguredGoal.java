package dev.fnwatchdog.maven;

import dev.fnwatchdog.maven.dev.CompilationFailedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.lifecycle.LifecycleExecutor;
import org.apache.maven.plugin.BuildPluginManager;
import org.apache.maven.plugin.MojoExecution;
import org.jspecify.annotations.Nullable;

/**
 * The running goal with the parameters of the session's current project, which has been read again. Maven alone can configure
 * a goal, and does so before it executes it: executed for this purpose, {@link RunMojo} hands itself over and does nothing else.
 */
record ReconfiguredGoal(
        MavenSession session, MojoExecution execution, LifecycleExecutor lifecycle, BuildPluginManager plugins) {
    /** A key of Maven's context of plugin and project. */
    private static final String KEY = ReconfiguredGoal.class.getName();

    /** Hands {@code goal} over if it is executed for this purpose, and returns whether it is. */
    @SuppressWarnings({"rawtypes", "unchecked"}) // Maven's map has no types
    static boolean handOver(RunMojo goal, Map context) {
        Object receiver = context.remove(KEY);
        if (receiver == null) {
            return false;
        }
        ((AtomicReference<RunMojo>) receiver).set(goal);
        return true;
    }

    /**
     * Returns the configured goal.
     *
     * @throws CompilationFailedException if Maven cannot configure it
     */
    @SuppressWarnings("CatchingUnchecked") // Maven declares a dozen exceptions here, and each message has the reason
    RunMojo get() throws CompilationFailedException {
        AtomicReference<@Nullable RunMojo> receiver = new AtomicReference<>();
        Map<String, Object> context = session.getPluginContext(
                execution.getMojoDescriptor().getPluginDescriptor(), session.getCurrentProject());
        context.put(KEY, receiver);
        try {
            List<MojoExecution> planned =
                    lifecycle.calculateExecutionPlan(session, task()).getMojoExecutions();
            plugins.executeMojo(session, planned.get(planned.size() - 1));
        } catch (Exception e) {
            throw new CompilationFailedException(String.valueOf(e.getMessage()), false, e);
        } finally {
            context.remove(KEY);
        }
        RunMojo goal = receiver.get();
        if (goal == null) {
            throw new IllegalStateException("Maven has not executed " + task());
        }
        return goal;
    }

    private String task() {
        return "%s:%s:%s:%s@%s"
                .formatted(
                        execution.getGroupId(),
                        execution.getArtifactId(),
                        execution.getVersion(),
                        execution.getGoal(),
                        execution.getExecutionId());
    }
}
