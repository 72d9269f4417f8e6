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
 * Has jib build images.
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
     * @param cache for layers
     * @param docker the command of the Docker daemon
     */
    public record Connection(Path cache, Path docker, boolean insecure, boolean offline) {}

    public JibBuild(RegistryAccess registries, Connection connection, Consumer<LogEvent> log) {
        this.registries = registries;
        this.connection = connection;
        this.log = log;
    }

    /** Writes the base image, as it is, to a tar. */
    public void fetchBase(ImageSpecification order, Path tar) throws IOException, InterruptedException {
        JibContainerBuilder base = from(order.from()).setPlatforms(order.platforms());
        run(base, Containerizer.to(TarImage.at(tar).named(ImageReference.of(null, "base", null))), order);
    }

    /** Builds the image to a registry, or else to a tar. */
    JibContainer build(ImageSpecification order, FunctionImage image, Map<String, String> labels, Path tar)
            throws IOException, InterruptedException {
        boolean push = order.to().is(ImageLocation.Kind.REGISTRY);
        JibContainerBuilder builder = from(order.from())
                .setPlatforms(order.platforms())
                // A tar is for docker load in any case.
                .setFormat(push ? order.format() : ImageFormat.Docker)
                .setCreationTime(order.created())
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
                ? Containerizer.to(registries.to(order.reference()))
                : Containerizer.to(TarImage.at(tar).named(order.reference()));
        order.tags().stream().sorted().forEach(to::withAdditionalTag);
        return run(builder, to, order);
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

    private JibContainer run(JibContainerBuilder builder, Containerizer to, ImageSpecification order)
            throws IOException, InterruptedException {
        to.setToolName("watchdog-maven-plugin")
                .setApplicationLayersCache(connection.cache())
                .setAllowInsecureRegistries(connection.insecure())
                .setOfflineMode(connection.offline())
                .addEventHandler(LogEvent.class, log);
        try {
            return builder.containerize(to);
        } catch (RegistryException | CacheDirectoryCreationException | IllegalStateException e) {
            throw new IOException(RegistryProblem.describe(e, order), e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(RegistryProblem.describe(cause == null ? e : cause, order), e);
        }
    }
}
