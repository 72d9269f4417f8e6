package dev.fnwatchdog.maven.dev;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Plugin;
import org.apache.maven.plugin.logging.Log;
import org.apache.maven.project.MavenProject;

/** Finds the function among the projects that are built together, and the projects that it consists of. */
public final class FunctionModules {
    private final MavenSession session;
    private final MavenProject current;
    private final Plugin plugin;

    public FunctionModules(MavenSession session, Plugin plugin) {
        this.session = session;
        this.current = session.getCurrentProject();
        this.plugin = plugin;
    }

    /**
     * Whether the current project is the function: the last project that names the plugin, or the last of all if none
     * does. The others are only built for it. A project of packaging {@code pom} can be the function if there is no
     * other, because an {@code fprocess} needs no classes.
     */
    public boolean isFunction(Log log) {
        List<MavenProject> withCode = session.getProjects().stream()
                .filter(project -> !project.getPackaging().equals("pom"))
                .toList();
        List<MavenProject> candidates = withCode.isEmpty() ? session.getProjects() : withCode;
        List<MavenProject> withPlugin = candidates.stream()
                .filter(project -> project.getPlugin(plugin.getKey()) != null)
                .toList();
        List<MavenProject> functions = withPlugin.isEmpty() ? candidates : withPlugin;
        if (functions.get(functions.size() - 1).equals(current)) {
            return true;
        }
        log.info("watchdog:run leaves %s alone: it is not the function".formatted(current.getArtifactId()));
        return false;
    }

    /** Returns the function's project, after those of its dependencies that are built with it. */
    public List<MavenProject> watched() {
        Set<String> needed = new HashSet<>();
        current.getArtifacts().forEach(artifact -> needed.add(artifact.getGroupId() + ":" + artifact.getArtifactId()));
        return session.getProjects().stream()
                .filter(project -> project.equals(current)
                        || needed.contains(project.getGroupId() + ":" + project.getArtifactId()))
                .toList();
    }
}
