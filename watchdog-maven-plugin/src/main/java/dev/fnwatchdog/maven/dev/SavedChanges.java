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
 * Finds files that were changed, added or removed since the last check. It polls, because the JDK's own watch service
 * needs ten seconds on some systems, and registers each folder on the others.
 */
final class SavedChanges {
    /** What changes when a file is saved. */
    private record Stamp(FileTime modified, long size) {}

    private final List<Path> roots;

    // Mutable state
    private Map<Path, Stamp> known;

    /**
     * @param roots folders with everything in them, and single files; they need not exist yet
     * @param since files that were saved after this time count as changed
     */
    SavedChanges(List<Path> roots, Instant since) {
        this.roots = List.copyOf(roots);
        this.known = scan();
        known.values().removeIf(stamp -> stamp.modified().toInstant().isAfter(since));
    }

    /** Returns the files that differ, in order, and remembers their new state. */
    List<Path> take() {
        Map<Path, Stamp> now = scan();
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

    private Map<Path, Stamp> scan() {
        Map<Path, Stamp> found = new HashMap<>();
        roots.stream().filter(Files::exists).forEach(root -> scan(root, found));
        return found;
    }

    private static void scan(Path root, Map<Path, Stamp> found) {
        try (Stream<Path> files = Files.find(root, Integer.MAX_VALUE, SavedChanges::isSource)) {
            files.forEach(file -> stamp(file, found));
        } catch (IOException | UncheckedIOException removedMeanwhile) {
            // The next check finds what is left.
        }
    }

    /** Editors keep hidden files and backups beside the files that they save. */
    private static boolean isSource(Path file, BasicFileAttributes attributes) {
        String name = String.valueOf(file.getFileName());
        return attributes.isRegularFile() && !name.startsWith(".") && !name.endsWith("~");
    }

    private static void stamp(Path file, Map<Path, Stamp> found) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            found.put(file, new Stamp(attributes.lastModifiedTime(), attributes.size()));
        } catch (IOException removedMeanwhile) {
            // The file counts as removed.
        }
    }
}
