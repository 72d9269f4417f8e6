package dev.fnwatchdog.maven;

import com.google.cloud.tools.jib.api.ImageReference;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.image.DeliveredImage;
import dev.fnwatchdog.maven.image.ImageLocation;
import dev.fnwatchdog.maven.image.ImageSpecification;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.manifest.ContainerResources;
import dev.fnwatchdog.maven.manifest.DeployedFunction;
import dev.fnwatchdog.maven.manifest.DnsLabel;
import dev.fnwatchdog.maven.manifest.ManifestFiles;
import dev.fnwatchdog.maven.manifest.ManifestTarget;
import dev.fnwatchdog.maven.manifest.NonRootUser;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files that deploy the image to {@code target/watchdog}: {@code kubernetes.yaml} with a Deployment and a Service,
 * {@code knative.yaml}, {@code stack.yaml} for OpenFaaS, and {@code compose.yaml}. Ports, probes and grace periods follow
 * from the project's settings.
 */
@Mojo(
        name = "manifests",
        defaultPhase = LifecyclePhase.PACKAGE,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields before execute.
public final class ManifestsMojo extends FunctionImageGoal {
    /** The platforms for which files are written: {@code kubernetes}, {@code knative}, {@code openfaas}, {@code compose}. */
    @Parameter(property = "watchdog.manifests.targets", defaultValue = "kubernetes,knative,openfaas,compose")
    private List<String> targets;

    /** The name of the function, a DNS label such as {@code hello-world}. */
    @Parameter(property = "watchdog.manifests.name", defaultValue = "${project.artifactId}")
    private String functionName;

    /** The namespace; if it is not set, it is chosen at deployment. */
    @Parameter(property = "watchdog.manifests.namespace")
    private @Nullable String namespace;

    /**
     * The image. The default is what {@code watchdog:image} has built, by its digest if it was pushed; if that has built
     * none, the image that it would build.
     */
    @Parameter(property = "watchdog.manifests.image")
    private @Nullable String image;

    /** The target of the image, as for {@code watchdog:image}. */
    @Parameter(
            property = "watchdog.image.to",
            defaultValue = "tar://${project.build.directory}/watchdog/image.tar",
            required = true)
    private String to;

    /** The image's name in a tar file, as for {@code watchdog:image}. */
    @Parameter(property = "watchdog.image.name", defaultValue = "${project.artifactId}:${project.version}")
    private String name;

    /** The processor time that the container is promised, such as {@code 100m}. */
    @Parameter(property = "watchdog.manifests.cpuRequest", defaultValue = "100m")
    private String cpuRequest;

    /** The memory that the container is promised, such as {@code 128Mi}. */
    @Parameter(property = "watchdog.manifests.memoryRequest", defaultValue = "128Mi")
    private String memoryRequest;

    /** The processor time that the container may use. */
    @Parameter(property = "watchdog.manifests.cpuLimit", defaultValue = "1")
    private String cpuLimit;

    /** The memory that the container may use; the size of the JVM's heap follows from it. */
    @Parameter(property = "watchdog.manifests.memoryLimit", defaultValue = "256Mi")
    private String memoryLimit;

    /** The URL of the gateway of OpenFaaS. */
    @Parameter(property = "watchdog.manifests.gateway", defaultValue = "http://127.0.0.1:8080")
    private String gateway;

    @Override
    void run() throws InvalidSettingsException, WatchdogFailedException, IOException {
        PlannedImage plan = plan(function());
        DeployedFunction function = new DeployedFunction(
                DnsLabel.parse("watchdog.manifests.name", functionName),
                namespace == null ? "" : namespace,
                image(),
                project().getVersion(),
                plan.config(),
                plan.image().environment().containsKey("OPENFAAS_NAME"),
                NonRootUser.parse(plan.image().user()),
                new ContainerResources(cpuRequest, memoryRequest, cpuLimit, memoryLimit),
                plan.image().healthcheck());
        ManifestFiles.Written written =
                new ManifestFiles(function, gateway).write(ManifestTarget.parse(targets), output.toPath());
        getLog().info("The image of the manifests is " + function.image());
        written.notes().forEach(getLog()::info);
        written.files().forEach(file -> getLog().info("Written: " + file));
    }

    /** Returns the image's name. What has been built is the truth, whatever the parameters say by now. */
    private String image() throws IOException {
        if (image != null) {
            return ImageSpecification.reference("watchdog.manifests.image", image)
                    .toString();
        }
        Optional<DeliveredImage> built = DeliveredImage.read(output.toPath());
        if (built.isPresent()) {
            return built.get().pinned();
        }
        ImageLocation target = ImageLocation.parse(to, project().getBasedir().toPath());
        ImageReference configured = target.is(ImageLocation.Kind.TAR)
                ? ImageSpecification.named(name)
                : ImageSpecification.reference("watchdog.image.to", target.value());
        return configured.toString();
    }
}
