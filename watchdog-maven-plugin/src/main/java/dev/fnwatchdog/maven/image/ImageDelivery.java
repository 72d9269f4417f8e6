package dev.fnwatchdog.maven.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

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

    public void run(JibBuild jib, FunctionImage image, Map<String, String> labels)
            throws IOException, InterruptedException {
        boolean toTar = specification.to().is(ImageLocation.Kind.TAR);
        Path tar = toTar ? Path.of(specification.to().value()) : output.resolve("image.tar");
        Files.createDirectories(tar.toAbsolutePath().getParent());
        jib.build(specification, image, labels, tar);
        if (specification.to().is(ImageLocation.Kind.REGISTRY)) {
            return;
        }
        DockerArchive.complete(tar, image.healthcheck(), FunctionImage.STOP_SIGNAL);
        if (!toTar) {
            DockerLoad.run(docker, tar);
        }
    }
}
