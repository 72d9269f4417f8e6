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
    private static final String PARENT = "pom";

    private final List<MavenProject> projects;
    private final MavenProject current;
    private final Plugin plugin;

    public FunctionModules(MavenSession session, Plugin plugin) {
        this(session.getProjects(), session.getCurrentProject(), plugin);
    }

    /** @param projects all that are built together, in their order */
    FunctionModules(List<MavenProject> projects, MavenProject current, Plugin plugin) {
        this.projects = projects;
        this.current = current;
        this.plugin = plugin;
    }

    /**
     * Whether the current project is the function: the last project that names the plugin, or the last of all if none
     * does. The others are only built for it. A project of packaging {@code pom} can be the function if there is no
     * other, because an {@code fprocess} needs no classes.
     */
    public boolean isFunction(Log log) {
        return reported(last(functions()).equals(current), "run", log);
    }

    /**
     * Whether the current project is one of the functions that a goal packs: those that name the plugin, or the last
     * project if none does. A goal that a project binds to a phase packs that project, unless that is the parent of
     * others, which inherit the goal from it.
     *
     * @param bound whether the goal is bound to a phase, and not named on the command line
     */
    public boolean isPacked(String goal, boolean bound, Log log) {
        if (bound) {
            return reported(!current.getPackaging().equals(PARENT) || !hasModules(), goal, log);
        }
        List<MavenProject> functions = functions();
        boolean named = functions.stream().anyMatch(this::namesPlugin);
        return reported(named ? functions.contains(current) : last(functions).equals(current), goal, log);
    }

    private static MavenProject last(List<MavenProject> projects) {
        return projects.get(projects.size() - 1);
    }

    private boolean namesPlugin(MavenProject project) {
        return project.getPlugin(plugin.getKey()) != null;
    }

    private boolean hasModules() {
        return !current.getModules().isEmpty()
                || projects.stream().anyMatch(project -> current.equals(project.getParent()));
    }

    /** Returns the projects with code that name the plugin, or all projects with code, or all projects. */
    private List<MavenProject> functions() {
        List<MavenProject> withCode = projects.stream()
                .filter(project -> !project.getPackaging().equals(PARENT))
                .toList();
        List<MavenProject> candidates = withCode.isEmpty() ? projects : withCode;
        List<MavenProject> named = candidates.stream().filter(this::namesPlugin).toList();
        return named.isEmpty() ? candidates : named;
    }

    private boolean reported(boolean function, String goal, Log log) {
        if (!function) {
            log.info("watchdog:%s skips %s: it is not the function".formatted(goal, current.getArtifactId()));
        }
        return function;
    }

    /**
     * Lets the current project's classes be found by those that need them, although nothing is compiled yet: the
     * function's goal builds them together.
     */
    public void leaveToFunction() {
        current.addLifecyclePhase("compile");
    }

    /** Returns the function's project, after those of its dependencies that are built with it. */
    public List<MavenProject> watched() {
        Set<String> needed = new HashSet<>();
        current.getArtifacts().forEach(artifact -> needed.add(artifact.getGroupId() + ":" + artifact.getArtifactId()));
        return projects.stream()
                .filter(project -> project.equals(current)
                        || needed.contains(project.getGroupId() + ":" + project.getArtifactId()))
                .toList();
    }
}
