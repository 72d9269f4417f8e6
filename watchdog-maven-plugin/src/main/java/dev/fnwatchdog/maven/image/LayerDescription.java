package dev.fnwatchdog.maven.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes a JSON file beside a layer's tar file, with what an image with that layer needs. */
public final class LayerDescription {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private LayerDescription() {}

    public static void write(FunctionImage image, Path tar, Optional<ClassArchive> archive, Path file)
            throws IOException {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("layer", String.valueOf(tar.getFileName()));
        description.put("sha256", Sha256.of(tar));
        description.put("entrypoint", image.entrypoint());
        description.put("environment", image.environment());
        description.put("workingDirectory", FunctionFiles.HOME);
        description.put("user", image.user());
        description.put("exposedPorts", image.ports());
        description.put("healthcheck", image.healthcheck());
        description.put("stopSignal", FunctionImage.STOP_SIGNAL);
        archive.ifPresent(found -> description.put(
                "archive", Map.of("layer", "archive.tar", "option", found.option(), "java", found.java())));
        // Not the system's line ends, because the bytes must be the same everywhere.
        Files.writeString(file, JSON.writeValueAsString(description).replace("\r\n", "\n") + "\n");
    }
}
