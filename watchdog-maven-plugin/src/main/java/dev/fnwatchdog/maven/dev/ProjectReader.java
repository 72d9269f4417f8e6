package dev.fnwatchdog.maven.dev;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.maven.RepositoryUtils;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Plugin;
import org.apache.maven.plugin.logging.Log;
import org.apache.maven.project.DefaultDependencyResolutionRequest;
import org.apache.maven.project.DefaultProjectBuildingRequest;
import org.apache.maven.project.DependencyResolutionException;
import org.apache.maven.project.DependencyResolutionResult;
import org.apache.maven.project.MavenProject;
import org.apache.maven.project.ProjectBuilder;
import org.apache.maven.project.ProjectBuildingException;
import org.apache.maven.project.ProjectBuildingRequest;
import org.apache.maven.project.ProjectDependenciesResolver;
import org.eclipse.aether.DefaultRepositoryCache;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.graph.DependencyFilter;
import org.eclipse.aether.graph.DependencyNode;

/**
 * Reads the projects of a running build again, as Maven has read them at its start, and resolves their dependencies, also those
 * that have been installed again.
 *
 * <p>Threads: the goal's own.
 */
public record ProjectReader(
        MavenSession session, Plugin plugin, ProjectBuilder builder, ProjectDependenciesResolver resolver, Log log)
        implements DevelopedProjects.Reader {
    /** What the function needs neither when it is compiled nor when it runs. */
    private static final DependencyFilter NEEDED = (node, parents) ->
            node.getDependency() == null || !"test".equals(node.getDependency().getScope());

    /** Puts the projects that the function consists of into the session too, from where plugins take them. */
    @Override
    public List<MavenProject> read() throws CompilationFailedException {
        // Maven keeps what it has read of repositories for as long as it runs.
        DefaultRepositorySystemSession repositories =
                new DefaultRepositorySystemSession(session.getRepositorySession());
        repositories.setCache(new DefaultRepositoryCache());
        warnWhereMavenKeepsModels();
        MavenProject current = session.getCurrentProject();
        List<MavenProject> watched = watched();
        MavenProject function = current;
        List<MavenProject> all = new ArrayList<>(session.getProjects());
        for (MavenProject project : watched) {
            MavenProject next = read(project, repositories);
            all.set(all.indexOf(project), next);
            function = project.equals(current) ? next : function;
        }
        session.setProjects(all);
        session.setCurrentProject(function);
        return watched();
    }

    /** Maven 4 keeps each pom.xml that it has read for its whole session, whatever the session of its repositories. */
    private void warnWhereMavenKeepsModels() {
        long start = session.getRequest().getStartTime().toInstant().toEpochMilli();
        if (session.getSystemProperties().getProperty("maven.version", "").startsWith("4.")
                && watched().stream().anyMatch(project -> project.getFile().lastModified() > start)) {
            log.warn("Maven 4 does not read a changed pom.xml again: restart watchdog:run to apply the change.");
        }
    }

    /** Returns the session's projects that the function consists of. */
    public List<MavenProject> watched() {
        return new FunctionModules(session, plugin).watched();
    }

    private MavenProject read(MavenProject project, RepositorySystemSession repositories)
            throws CompilationFailedException {
        ProjectBuildingRequest request = new DefaultProjectBuildingRequest(session.getProjectBuildingRequest())
                .setRepositorySession(repositories)
                .setProcessPlugins(true)
                .setResolveDependencies(false);
        try {
            MavenProject next = builder.build(project.getFile(), request).getProject();
            next.setExecutionRoot(project.isExecutionRoot());
            Set<Artifact> artifacts = resolve(next, repositories);
            next.setResolvedArtifacts(artifacts);
            next.setArtifacts(artifacts);
            return next;
        } catch (ProjectBuildingException | DependencyResolutionException e) {
            throw new CompilationFailedException(String.valueOf(e.getMessage()), false, e);
        }
    }

    private Set<Artifact> resolve(MavenProject project, RepositorySystemSession repositories)
            throws DependencyResolutionException {
        DependencyResolutionResult result = resolver.resolve(
                new DefaultDependencyResolutionRequest(project, repositories).setResolutionFilter(NEEDED));
        Set<Artifact> artifacts = new LinkedHashSet<>();
        DependencyNode graph = result.getDependencyGraph();
        if (graph != null) {
            RepositoryUtils.toArtifacts(
                    artifacts,
                    graph.getChildren(),
                    List.of(project.getArtifact().getId()),
                    NEEDED);
        }
        return artifacts;
    }
}
