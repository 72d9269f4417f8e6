package dev.fnwatchdog.maven.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which files have been changed, added or removed since the last look. It looks by itself, since the JDK's own watch service
 * needs ten seconds on some systems, and registers each folder on the others.
 */
final class SavedChanges {
    /** What a save changes. */
    private record Stamp(FileTime modified, long size) {}

    private final List<Path> roots;

    // Mutable state
    private Map<Path, Stamp> known;

    /**
     * @param roots folders with all that is in them, and single files; they need not exist yet
     * @param since what was saved after it counts as changed
     */
    SavedChanges(List<Path> roots, Instant since) {
        this.roots = List.copyOf(roots);
        this.known = look();
        known.values().removeIf(stamp -> stamp.modified().toInstant().isAfter(since));
    }

    /** The files that differ, in order; from now on they are known. */
    List<Path> take() {
        Map<Path, Stamp> now = look();
        TreeSet<Path> changed = new TreeSet<>();
        now.forEach((file, stamp) -> {
            if (!stamp.equals(known.get(file))) {
                changed.add(file);
            }
        });
        known.keySet().stream().filter(file -> !now.containsKey(file)).forEach(changed::add);
        known = now;
        return List.copyOf(changed);
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> found = new HashMap<>();
        roots.stream().filter(Files::exists).forEach(root -> look(root, found));
        return found;
    }

    private static void look(Path root, Map<Path, Stamp> found) {
        try (Stream<Path> files = Files.find(root, Integer.MAX_VALUE, SavedChanges::counts)) {
            files.forEach(file -> stamp(file, found));
        } catch (IOException | UncheckedIOException goneMeanwhile) {
            // The next look tells what is left.
        }
    }

    /** Editors keep hidden files and backups beside what they save. */
    private static boolean counts(Path file, BasicFileAttributes attributes) {
        String name = String.valueOf(file.getFileName());
        return attributes.isRegularFile() && !name.startsWith(".") && !name.endsWith("~");
    }

    private static void stamp(Path file, Map<Path, Stamp> found) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            found.put(file, new Stamp(attributes.lastModifiedTime(), attributes.size()));
        } catch (IOException goneMeanwhile) {
            // Then it counts as removed.
        }
    }
}
