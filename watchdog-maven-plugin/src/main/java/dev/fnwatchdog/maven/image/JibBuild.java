package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.DockerDaemonImage;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Builds images with jib.
 *
 * <p>Threads: blocks while jib works on threads of its own.
 */
public final class JibBuild {
    private final RegistryAccess registries;
    private final Connection connection;
    private final Consumer<LogEvent> log;

    /**
     * How the build reaches what is not on this machine.
     *
     * @param cache the folder for cached layers
     * @param docker the command of the Docker daemon
     * @param version this plugin's version, for the image's history
     */
    public record Connection(Path cache, Path docker, boolean insecure, boolean offline, String version) {}

    public JibBuild(RegistryAccess registries, Connection connection, Consumer<LogEvent> log) {
        this.registries = registries;
        this.connection = connection;
        this.log = log;
    }

    /** Writes the unchanged base image to a tar file. */
    public void fetchBase(ImageSpecification specification, Path tar) throws IOException, InterruptedException {
        JibContainerBuilder base = from(specification.from()).setPlatforms(specification.platforms());
        run(base, Containerizer.to(TarImage.at(tar).named(ImageReference.of(null, "base", null))), specification);
    }

    /** Builds the image to a registry, or otherwise to a tar file. */
    JibContainer build(ImageSpecification specification, FunctionImage image, Map<String, String> labels, Path tar)
            throws IOException, InterruptedException {
        boolean push = specification.to().is(ImageLocation.Kind.REGISTRY);
        JibContainerBuilder builder = from(specification.from())
                .setPlatforms(specification.platforms())
                // A tar file is always for docker load.
                .setFormat(push ? specification.format() : ImageFormat.Docker)
                .setCreationTime(specification.created())
                .setEntrypoint(image.entrypoint())
                .setEnvironment(image.environment())
                .setWorkingDirectory(AbsoluteUnixPath.get(FunctionFiles.HOME))
                .setUser(image.user())
                .setLabels(labels)
                .setExposedPorts(image.ports().stream()
                        .filter(port -> port > 0)
                        .map(Port::tcp)
                        .collect(Collectors.toSet()));
        image.layers().forEach(layer -> builder.addFileEntriesLayer(layer(layer)));
        Containerizer to = push
                ? Containerizer.to(registries.to(specification.reference()))
                : Containerizer.to(TarImage.at(tar).named(specification.reference()));
        specification.tags().stream().sorted().forEach(to::withAdditionalTag);
        return run(builder, to, specification);
    }

    private JibContainerBuilder from(ImageLocation from) {
        return switch (from.kind()) {
            case SCRATCH -> Jib.fromScratch();
            case TAR -> Jib.from(TarImage.at(Path.of(from.value())));
            case DOCKER -> Jib.from(DockerDaemonImage.named(reference(from)).setDockerExecutable(connection.docker()));
            case REGISTRY -> Jib.from(registries.to(reference(from)));
        };
    }

    private static ImageReference reference(ImageLocation from) {
        return ImageSpecification.reference("watchdog.image.from", from.value());
    }

    private static FileEntriesLayer layer(ImageLayer layer) {
        FileEntriesLayer.Builder entries = FileEntriesLayer.builder().setName(layer.name());
        for (LayerFile file : layer.files()) {
            entries.addEntry(
                    file.source(),
                    AbsoluteUnixPath.get(file.path()),
                    FilePermissions.fromOctalString(Integer.toOctalString(file.mode())),
                    ImageLayer.TIME);
        }
        return entries.build();
    }

    private JibContainer run(JibContainerBuilder builder, Containerizer to, ImageSpecification specification)
            throws IOException, InterruptedException {
        to.setToolName("watchdog-maven-plugin")
                .setToolVersion(connection.version())
                .setApplicationLayersCache(connection.cache())
                .setAllowInsecureRegistries(connection.insecure())
                .setOfflineMode(connection.offline())
                .addEventHandler(LogEvent.class, log);
        try {
            return builder.containerize(to);
        } catch (RegistryException | CacheDirectoryCreationException | IllegalStateException e) {
            throw problem(e, specification);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw problem(cause == null ? e : cause, specification);
        }
    }

    /** The failure is suppressed, and no cause, because Maven would print its message again. */
    private static IOException problem(Throwable failure, ImageSpecification specification) {
        IOException problem = new IOException(RegistryProblem.describe(failure, specification));
        problem.addSuppressed(failure);
        return problem;
    }
}
