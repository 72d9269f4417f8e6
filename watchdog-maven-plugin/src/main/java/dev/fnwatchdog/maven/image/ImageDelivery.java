package dev.fnwatchdog.maven.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Brings an image to where it was ordered. */
public final class ImageDelivery {
    private final ImageSpecification order;
    private final Path docker;
    private final Path output;

    public ImageDelivery(ImageSpecification order, Path docker, Path output) {
        this.order = order;
        this.docker = docker;
        this.output = output;
    }

    public void run(JibBuild jib, FunctionImage image, Map<String, String> labels)
            throws IOException, InterruptedException {
        boolean toTar = order.to().is(ImageLocation.Kind.TAR);
        Path tar = toTar ? Path.of(order.to().value()) : output.resolve("image.tar");
        Files.createDirectories(tar.toAbsolutePath().getParent());
        jib.build(order, image, labels, tar);
        if (order.to().is(ImageLocation.Kind.REGISTRY)) {
            return;
        }
        DockerArchive.complete(tar, image.healthcheck(), FunctionImage.STOP_SIGNAL);
        if (!toTar) {
            DockerLoad.run(docker, tar);
        }
    }
}
