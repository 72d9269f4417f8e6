package dev.fnwatchdog.maven;

import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/** Finds the fat jar of the plugin's own version where the plugin itself was found. */
final class WatchdogJar {
    private final RepositorySystem repositories;
    private final RepositorySystemSession session;

    WatchdogJar(RepositorySystem repositories, RepositorySystemSession session) {
        this.repositories = repositories;
        this.session = session;
    }

    Path resolve(String version, List<RemoteRepository> from) throws MojoExecutionException {
        DefaultArtifact jar = new DefaultArtifact("dev.fnwatchdog", "watchdog-undertow", "all", "jar", version);
        try {
            return repositories
                    .resolveArtifact(session, new ArtifactRequest(jar, from, null))
                    .getArtifact()
                    .getFile()
                    .toPath();
        } catch (ArtifactResolutionException e) {
            throw new MojoExecutionException("the watchdog cannot be fetched: " + e.getMessage(), e);
        }
    }
}
