package dev.fnwatchdog.maven.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An image that has been built, for what deploys it.
 *
 * @param name with the registry, unless it is Docker Hub, and the tag
 * @param tags all of its tags
 * @param id the digest of its configuration
 * @param digest the digest of its manifest in the registry; empty if it was not pushed
 */
public record DeliveredImage(String name, Set<String> tags, String id, Optional<String> digest) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public DeliveredImage {
        tags = Set.copyOf(tags);
    }

    /** Writes {@code image.json}, and {@code image.digest} if the image was pushed, into a folder. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        ObjectNode text = JSON.createObjectNode();
        text.put("image", name);
        text.put("imageId", id);
        digest.ifPresent(value -> text.put("imageDigest", value));
        new TreeSet<>(tags).forEach(text.putArray("tags")::add);
        Files.writeString(
                folder.resolve("image.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(text) + "\n");
        Path file = folder.resolve("image.digest");
        // One from an earlier build would be that of another image.
        Files.deleteIfExists(file);
        if (digest.isPresent()) {
            Files.writeString(file, digest.get() + "\n");
        }
    }

    /** Returns the image as a user reads it. */
    public String describe() {
        return digest.map(value -> "%s, digest %s, id %s".formatted(name, value, id))
                .orElseGet(() -> "%s, id %s".formatted(name, id));
    }
}
