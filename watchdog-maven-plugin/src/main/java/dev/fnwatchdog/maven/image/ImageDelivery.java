package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.JibContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Builds an image and delivers it to its target. */
public final class ImageDelivery {
    private final ImageSpecification specification;
    private final Path docker;
    private final Path output;

    public ImageDelivery(ImageSpecification specification, Path docker, Path output) {
        this.specification = specification;
        this.docker = docker;
        this.output = output;
    }

    /** Builds and delivers the image, and writes its id and digest to the folder of the goal's files. */
    public DeliveredImage run(JibBuild jib, FunctionImage image, Map<String, String> labels)
            throws IOException, InterruptedException {
        boolean toTar = specification.to().is(ImageLocation.Kind.TAR);
        Path tar = toTar ? Path.of(specification.to().value()) : output.resolve("image.tar");
        Files.createDirectories(tar.toAbsolutePath().getParent());
        JibContainer built = jib.build(specification, image, labels, tar);
        DeliveredImage delivered = specification.to().is(ImageLocation.Kind.REGISTRY)
                ? delivered(
                        built,
                        built.getImageId().toString(),
                        Optional.of(built.getDigest().toString()))
                : delivered(
                        built,
                        DockerArchive.complete(tar, image.healthcheck(), FunctionImage.STOP_SIGNAL),
                        Optional.empty());
        if (specification.to().is(ImageLocation.Kind.DOCKER)) {
            DockerLoad.run(docker, tar);
        }
        delivered.write(output);
        return delivered;
    }

    private DeliveredImage delivered(JibContainer built, String id, Optional<String> digest) {
        return new DeliveredImage(specification.reference().toString(), built.getTags(), id, digest);
    }
}
