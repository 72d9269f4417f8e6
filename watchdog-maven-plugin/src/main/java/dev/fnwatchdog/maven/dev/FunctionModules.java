package dev.fnwatchdog.maven.dev;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Plugin;
import org.apache.maven.plugin.logging.Log;
import org.apache.maven.project.MavenProject;

/** Which of the projects that are built together is the function, and which it is made of. */
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
     * Whether to run the current one: the last that names the plugin, else the last of all. The others only help to build it. A
     * project of packaging {@code pom} may be the function where no other is there, since an {@code fprocess} needs no classes.
     */
    public boolean isFunction(Log log) {
        List<MavenProject> withCode = session.getProjects().stream()
                .filter(project -> !project.getPackaging().equals("pom"))
                .toList();
        List<MavenProject> candidates = withCode.isEmpty() ? session.getProjects() : withCode;
        List<MavenProject> naming = candidates.stream()
                .filter(project -> project.getPlugin(plugin.getKey()) != null)
                .toList();
        List<MavenProject> functions = naming.isEmpty() ? candidates : naming;
        if (functions.get(functions.size() - 1).equals(current)) {
            return true;
        }
        log.info("watchdog:run leaves %s alone: it is not the function".formatted(current.getArtifactId()));
        return false;
    }

    /** The function's project, and before it those of its dependencies that are built with it. */
    public List<MavenProject> watched() {
        Set<String> needed = new HashSet<>();
        current.getArtifacts().forEach(artifact -> needed.add(artifact.getGroupId() + ":" + artifact.getArtifactId()));
        return session.getProjects().stream()
                .filter(project -> project.equals(current)
                        || needed.contains(project.getGroupId() + ":" + project.getArtifactId()))
                .toList();
    }
}
