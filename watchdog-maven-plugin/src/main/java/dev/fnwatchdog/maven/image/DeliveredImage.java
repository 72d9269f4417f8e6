package dev.fnwatchdog.maven.image;

import com.fasterxml.jackson.databind.JsonNode;
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
    private static final String DESCRIPTION = "image.json";

    public DeliveredImage {
        tags = Set.copyOf(tags);
    }

    /**
     * Reads what {@link #write} has written into a folder; empty if no image has been built.
     *
     * @throws IOException if the file is not one of this goal
     */
    public static Optional<DeliveredImage> read(Path folder) throws IOException {
        Path file = folder.resolve(DESCRIPTION);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        JsonNode text = JSON.readTree(file.toFile());
        String name = text.path("image").asText();
        if (name.isEmpty()) {
            throw new IOException("%s names no image: build it again with watchdog:image".formatted(file));
        }
        Set<String> tags = new TreeSet<>();
        text.path("tags").forEach(tag -> tags.add(tag.asText()));
        String digest = text.path("imageDigest").asText();
        return Optional.of(new DeliveredImage(
                name, tags, text.path("imageId").asText(), digest.isEmpty() ? Optional.empty() : Optional.of(digest)));
    }

    /** Returns the name that leads to this very image: with the digest in place of the tag, if there is one. */
    public String pinned() {
        int colon = name.lastIndexOf(':');
        String untagged = colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
        return digest.map(value -> untagged + "@" + value).orElse(name);
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
                folder.resolve(DESCRIPTION),
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
