package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Loads an image in a tar file into a Docker daemon, with the daemon's own command. */
final class DockerLoad {
    private DockerLoad() {}

    static void run(Path docker, Path tar) throws IOException, InterruptedException {
        Process load = start(docker, tar);
        load.getOutputStream().close();
        String output = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (load.waitFor() != 0) {
            throw new IOException("%s load has failed: %s".formatted(docker, output));
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
