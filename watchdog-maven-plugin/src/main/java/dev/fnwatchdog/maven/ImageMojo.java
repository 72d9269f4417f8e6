package dev.fnwatchdog.maven;

import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.maven.config.InvalidParameterException;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.image.ClassArchive;
import dev.fnwatchdog.maven.image.CreationTime;
import dev.fnwatchdog.maven.image.DeliveredImage;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.FunctionImage;
import dev.fnwatchdog.maven.image.ImageDelivery;
import dev.fnwatchdog.maven.image.ImageLocation;
import dev.fnwatchdog.maven.image.ImageSpecification;
import dev.fnwatchdog.maven.image.JibBuild;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.PlatformNames;
import dev.fnwatchdog.maven.image.RegistryAccess;
import dev.fnwatchdog.maven.image.archive.ImageArchive;
import dev.fnwatchdog.maven.image.base.BaseImage;
import dev.fnwatchdog.maven.image.base.ImageJava;
import dev.fnwatchdog.maven.image.base.JavaHome;
import dev.fnwatchdog.maven.image.label.ImageLabels;
import dev.fnwatchdog.maven.image.registry.RegistryReachability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * Builds a container image of the watchdog and the function without a Docker daemon, to a registry or a tar file; it
 * can also load the image into a Docker daemon.
 */
@Mojo(
        name = "image",
        defaultPhase = LifecyclePhase.PACKAGE,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven sets the fields before execute.
public final class ImageMojo extends PackingGoal {
    private static final String NONE = "none";
    private static final Duration REACHED_WITHIN = Duration.ofSeconds(4);

    /**
     * The base image: an image name in a registry, {@code tar://path} of a file that {@code docker save} writes,
     * {@code docker://name}, or {@code scratch}. The default is {@code eclipse-temurin:17-jre}, or 21 or 25 if the
     * project's classes need it.
     */
    @Parameter(property = "watchdog.image.from")
    private @Nullable String from;

    /** The target of the image: an image name in a registry, {@code tar://path} or {@code docker://name}. */
    @Parameter(
            property = "watchdog.image.to",
            defaultValue = "tar://${project.build.directory}/watchdog/image.tar",
            required = true)
    private String to;

    /** The image's name in a tar file. */
    @Parameter(property = "watchdog.image.name", defaultValue = "${project.artifactId}:${project.version}")
    private String name;

    /** Additional tags. */
    @Parameter(property = "watchdog.image.tags")
    private @Nullable Set<String> tags;

    /**
     * The platforms of the image, such as {@code linux/amd64}; several are possible only from a registry to a registry.
     */
    @Parameter(property = "watchdog.image.platforms", defaultValue = "linux/amd64")
    private List<String> platforms;

    /** The format of the image in a registry: {@code docker} or {@code oci}. */
    @Parameter(property = "watchdog.image.format", defaultValue = "docker")
    private String format;

    /**
     * Labels of the image, in addition to {@code org.opencontainers.image.title}, {@code version}, {@code source},
     * {@code revision} and {@code created}; an empty value removes one of these.
     */
    @Parameter
    private @Nullable Map<String, @Nullable String> labels;

    /** The creation time of the image; the epoch if it is not set. */
    @Parameter(property = "watchdog.image.created", defaultValue = "${project.build.outputTimestamp}")
    private @Nullable String created;

    /**
     * Whether to add a class archive, which shortens startup but differs from build to build: {@code base} makes
     * it with the base image's Java, if that runs on this machine; {@code build} makes it with the Java that runs
     * Maven, which must be the same as the image's; {@code none} adds no archive.
     */
    @Parameter(property = "watchdog.image.archive", defaultValue = "base")
    private String archive;

    /** The name of a program {@code docker-credential-<name>} that provides the passwords for registries. */
    @Parameter(property = "watchdog.image.credentialHelper", defaultValue = "")
    private @Nullable String credentialHelper;

    /** Whether registries may be reached by plain HTTP, or with certificates that no known authority has signed. */
    @Parameter(property = "watchdog.image.allowInsecureRegistries", defaultValue = "false")
    private boolean allowInsecureRegistries;

    /** The command of the Docker daemon, for {@code docker://}. */
    @Parameter(property = "watchdog.image.docker", defaultValue = "docker")
    private String docker;

    @Inject
    private SettingsDecrypter decrypter;

    @Override
    void run() throws InvalidSettingsException, WatchdogFailedException, IOException, InterruptedException {
        FunctionFiles function = function();
        ImageSpecification specification = specification(function);
        PlannedImage plan = plan(function);
        if (!session.isOffline()) {
            new RegistryReachability(allowInsecureRegistries, REACHED_WITHIN).check(specification);
        }
        JibBuild jib = jib();
        BaseImage base = new BaseImage(specification, output.toPath(), jib);
        Optional<String> unknownJava =
                new ImageJava(base, plan.image(), javaLevel(function, plan)).check(!archive.equals(NONE));
        unknownJava.ifPresent(reason -> getLog().info("The Java of the image is not known: " + reason));
        FunctionImage image = plan.image().with(archive(plan, base));
        ImageDelivery delivery = new ImageDelivery(specification, Path.of(docker), output.toPath());
        DeliveredImage delivered =
                delivery.run(jib, image, ImageLabels.of(project(), specification.created(), entries(labels)));
        boolean tar = specification.to().is(ImageLocation.Kind.TAR);
        getLog().info("The image is " + delivered.describe()
                + (tar ? " in " + specification.to().value() : ""));
    }

    private ImageSpecification specification(FunctionFiles function) throws IOException {
        if (!Set.of("base", "build", NONE).contains(archive)) {
            throw new InvalidParameterException("watchdog.image.archive", archive, "base, build or none");
        }
        Path folder = project().getBasedir().toPath();
        ImageSpecification specification = new ImageSpecification(
                ImageLocation.parse(from == null ? function.defaultBase() : from, folder),
                ImageLocation.parse(to, folder),
                ImageSpecification.named(name),
                tags == null ? Set.of() : tags,
                PlatformNames.parse(platforms),
                format(),
                CreationTime.parse(created == null ? "" : created));
        if (session.isOffline() && specification.to().is(ImageLocation.Kind.REGISTRY)) {
            throw new InvalidParameterException(
                    "watchdog.image.to", to, "tar:// or docker:// while Maven is offline (-o)");
        }
        return specification;
    }

    private ImageFormat format() {
        return switch (format) {
            case "docker" -> ImageFormat.Docker;
            case "oci" -> ImageFormat.OCI;
            default -> throw new InvalidParameterException("watchdog.image.format", format, "docker or oci");
        };
    }

    /** Returns the Java that the watchdog needs; a function process may bring a Java of its own. */
    private static int javaLevel(FunctionFiles function, PlannedImage plan) throws IOException {
        return plan.config().mode() instanceof ModeConfig.Inproc ? function.javaLevel() : FunctionFiles.OLDEST_JAVA;
    }

    private Optional<ClassArchive> archive(PlannedImage plan, BaseImage base)
            throws IOException, InterruptedException, WatchdogFailedException {
        Path exploded = output.toPath().resolve("image");
        ExplodedLayers.write(plan.image().layers(), exploded);
        Optional<JavaHome> imagesJava = Optional.empty();
        if (!archive.equals(NONE)) {
            try {
                return Optional.of(
                        new ImageArchive(base, output.toPath()).make(archive.equals("build"), plan, exploded));
            } catch (ImageArchive.NoArchiveException e) {
                getLog().info("The image has no class archive, and its startup takes longer: " + e.getMessage());
                imagesJava = e.java();
            }
        }
        JavaHome java = imagesJava.isPresent() ? imagesJava.get() : JavaHome.ofThisBuild();
        checkStart(java, imagesJava.isPresent(), exploded, plan);
        return Optional.empty();
    }

    private JibBuild jib() {
        RegistryAccess registries = new RegistryAccess(
                session.getSettings(),
                decrypter,
                credentialHelper == null ? "" : credentialHelper,
                RegistryAccess.logins(System.getenv(), Path.of(System.getProperty("user.home"))),
                this::log);
        Path cache = output.toPath().resolve("jib-cache");
        return new JibBuild(
                registries,
                new JibBuild.Connection(
                        cache, Path.of(docker), allowInsecureRegistries, session.isOffline(), pluginVersion),
                this::log);
    }

    private void log(LogEvent event) {
        switch (event.getLevel()) {
            case ERROR -> getLog().error(event.getMessage());
            case WARN -> getLog().warn(event.getMessage());
            default -> getLog().debug(event.getMessage());
        }
    }
}
