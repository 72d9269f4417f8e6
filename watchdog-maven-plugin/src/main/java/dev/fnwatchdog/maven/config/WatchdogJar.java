package dev.fnwatchdog.maven.config;

import java.nio.file.Path;
import org.apache.maven.execution.MavenSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/** Finds the watchdog's fat jar, in the version of the plugin. */
public final class WatchdogJar {
    private WatchdogJar() {}

    /** Returns the file, which is downloaded from the plugin repositories if necessary. */
    public static Path file(RepositorySystem repositories, MavenSession session, String version)
            throws WatchdogFailedException {
        Artifact artifact = new DefaultArtifact("dev.fnwatchdog", "watchdog-undertow", "all", "jar", version);
        ArtifactRequest request =
                new ArtifactRequest(artifact, session.getCurrentProject().getRemotePluginRepositories(), "plugin");
        try {
            return repositories
                    .resolveArtifact(session.getRepositorySession(), request)
                    .getArtifact()
                    .getFile()
                    .toPath();
        } catch (ArtifactResolutionException e) {
            throw new WatchdogFailedException("cannot find the watchdog itself: " + e.getMessage(), e);
        }
    }
}
