package dev.fnwatchdog.maven.image;

import java.util.List;
import java.util.Set;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.project.MavenProject;

/** The jars that a project needs at run time, except the watchdog, which is in the image in any case. */
public final class ProjectLibraries {
    private static final String WATCHDOG = "dev.fnwatchdog";
    private static final Set<String> RUN_TIME = Set.of(Artifact.SCOPE_COMPILE, Artifact.SCOPE_RUNTIME);

    private ProjectLibraries() {}

    public static List<FunctionFiles.Library> of(MavenProject project) {
        return project.getArtifacts().stream()
                .filter(artifact -> RUN_TIME.contains(artifact.getScope())
                        && !artifact.getGroupId().equals(WATCHDOG))
                .map(artifact -> new FunctionFiles.Library(
                        artifact.getGroupId(), artifact.getFile().toPath(), artifact.isSnapshot()))
                .toList();
    }
}
