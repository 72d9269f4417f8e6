package dev.fnwatchdog.maven.dev;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds files that were changed, added or removed since the last check. It polls, because the JDK's own watch service
 * needs ten seconds on some systems, and registers each folder on the others.
 */
final class SavedChanges {
    /** What changes when a file is saved. */
    private record Stamp(FileTime modified, long size) {}

    private final Supplier<List<Path>> roots;

    // Mutable state
    private List<Path> scanned;
    private Map<Path, Stamp> known;

    /**
     * @param roots folders with everything in them, also behind links, and single files; they need not exist yet, and
     *     a build may add some
     * @param since files that were saved after this time count as changed
     * @param fetched the files that Maven itself may have saved since then, which do not
     */
    SavedChanges(Supplier<List<Path>> roots, Instant since, Collection<Path> fetched) {
        this.roots = roots;
        this.scanned = roots.get();
        this.known = scan(scanned);
        known.entrySet()
                .removeIf(file ->
                        file.getValue().modified().toInstant().isAfter(since) && !fetched.contains(file.getKey()));
    }

    /**
     * Remembers the state of what is new among the folders and files. Called before a build uses them, so that no change is lost
     * that is saved while it runs.
     */
    void watchNew() {
        List<Path> current = roots.get();
        known.putAll(
                scan(current.stream().filter(root -> !scanned.contains(root)).toList()));
        scanned = current;
    }

    /** Returns the files that differ, in order, and remembers their new state. */
    List<Path> take() {
        // What is in a folder that a build has just added has been built already.
        watchNew();
        List<Path> current = scanned;
        // What is in a folder that is no longer watched has not been deleted.
        known.keySet().removeIf(file -> current.stream().noneMatch(file::startsWith));
        Map<Path, Stamp> now = scan(current);
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

    private static Map<Path, Stamp> scan(List<Path> roots) {
        Map<Path, Stamp> found = new HashMap<>();
        roots.stream().filter(Files::exists).forEach(root -> scan(root, found));
        return found;
    }

    private static void scan(Path root, Map<Path, Stamp> found) {
        try {
            Files.walkFileTree(root, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Sources(found));
        } catch (IOException removedMeanwhile) {
            // The next check finds what is left.
        }
    }

    /** Collects the sources, and passes over what is removed meanwhile, and over links that lead back. */
    private static final class Sources extends SimpleFileVisitor<Path> {
        private final Map<Path, Stamp> found;

        Sources(Map<Path, Stamp> found) {
            this.found = found;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isSource(String.valueOf(file.getFileName()))) {
                found.put(file, new Stamp(attributes.lastModifiedTime(), attributes.size()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            return FileVisitResult.CONTINUE;
        }

        /** Editors keep hidden files and backups beside the files that they save. */
        private static boolean isSource(String name) {
            return !name.startsWith(".") && !name.endsWith("~");
        }
    }
}
