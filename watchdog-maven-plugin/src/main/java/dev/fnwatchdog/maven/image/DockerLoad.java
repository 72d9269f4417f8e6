package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Hands an image in a tar to a Docker daemon, by its own command. */
final class DockerLoad {
    private DockerLoad() {}

    static void run(Path docker, Path tar) throws IOException, InterruptedException {
        Process load = start(docker, tar);
        load.getOutputStream().close();
        String said = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (load.waitFor() != 0) {
            throw new IOException("%s load has failed: %s".formatted(docker, said));
        }
    }

    private static Process start(Path docker, Path tar) {
        try {
            return new ProcessBuilder(docker.toString(), "load", "--input", tar.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new InvalidParameterException(
                    "watchdog.image.docker", docker.toString(), "the command of a Docker daemon or of podman", e);
        }
    }
}
