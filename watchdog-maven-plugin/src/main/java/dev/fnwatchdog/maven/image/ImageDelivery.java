package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.JibContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Builds an image and delivers it to its target. */
public record ImageDelivery(ImageSpecification specification, Path docker, Path output) {
    /** Builds and delivers the image, and writes its id and digest to the folder of the goal's files. */
    public DeliveredImage run(JibBuild jib, FunctionImage image, Map<String, String> labels)
            throws IOException, InterruptedException {
        boolean toTar = specification.to().is(ImageLocation.Kind.TAR);
        Path tar = toTar ? Path.of(specification.to().value()) : output.resolve("image.tar");
        Files.createDirectories(tar.toAbsolutePath().getParent());
        JibContainer built = jib.build(specification, image, labels, tar);
        boolean pushed = specification.to().is(ImageLocation.Kind.REGISTRY);
        DeliveredImage delivered = new DeliveredImage(
                specification.reference().toString(),
                built.getTags(),
                pushed
                        ? built.getImageId().toString()
                        : DockerArchive.complete(tar, image.healthcheck(), FunctionImage.STOP_SIGNAL),
                pushed ? Optional.of(built.getDigest().toString()) : Optional.empty());
        if (specification.to().is(ImageLocation.Kind.DOCKER)) {
            DockerLoad.run(docker, tar);
        }
        delivered.write(output);
        return delivered;
    }
}
