package dev.fnwatchdog.maven.dev;

import java.util.List;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.lifecycle.LifecycleExecutor;
import org.apache.maven.plugin.AbstractMojoExecutionException;
import org.apache.maven.plugin.BuildPluginManager;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.project.MavenProject;

/**
 * Runs the project's own build again up to {@code process-classes}, with its own plugins and their configuration.
 *
 * <p>Threads: the goal's own.
 */
public record Recompilation(MavenSession session, LifecycleExecutor lifecycle, BuildPluginManager plugins) {
    private static final String UNTIL = "process-classes";

    /** The compiler's plugin, which prints its errors itself. */
    private static final String COMPILER = "maven-compiler-plugin";

    /**
     * Builds these projects, in this order.
     *
     * @throws CompilationFailedException with the message of the compiler, or of another plugin that fails
     */
    public void run(List<MavenProject> projects) throws CompilationFailedException {
        MavenProject current = session.getCurrentProject();
        try {
            for (MavenProject project : projects) {
                session.setCurrentProject(project);
                for (MojoExecution execution : plan()) {
                    run(execution);
                }
            }
        } finally {
            session.setCurrentProject(current);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // Maven declares a dozen exceptions here, and each message has the reason
    private List<MojoExecution> plan() throws CompilationFailedException {
        try {
            return lifecycle.calculateExecutionPlan(session, UNTIL).getMojoExecutions();
        } catch (Exception e) {
            throw new CompilationFailedException(String.valueOf(e.getMessage()), false, e);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // a plugin may throw anything, and the next change may fix it
    private void run(MojoExecution execution) throws CompilationFailedException {
        try {
            plugins.executeMojo(session, execution);
        } catch (Exception e) {
            throw new CompilationFailedException(reason(e), COMPILER.equals(execution.getArtifactId()), e);
        }
    }

    /** The long message of a mojo is meant for the user; a compiler lists its errors there. */
    private static String reason(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AbstractMojoExecutionException mojo && mojo.getLongMessage() != null) {
                return mojo.getLongMessage();
            }
        }
        return String.valueOf(failure.getMessage());
    }
}
