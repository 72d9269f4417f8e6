package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedChangesTest {
    @TempDir
    private Path folder;

    private Path write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static SavedChanges watching(Path root) {
        return new SavedChanges(() -> List.of(root), Instant.MAX, Set.of());
    }

    @Test
    void changedAddedAndRemovedFilesAreReportedOnce() throws Exception {
        Path changed = write("a/changed", "1");
        Path removed = write("a/removed", "1");
        write("same", "1");
        SavedChanges changes = watching(folder);
        assertThat(changes.take()).isEmpty();

        Files.writeString(changed, "longer");
        Files.delete(removed);
        Path added = write("b/c/added", "1");

        assertThat(changes.take()).containsExactly(changed, removed, added);
        assertThat(changes.take()).isEmpty();
    }

    @Test
    void aChangeThatKeepsTheSizeOfAFileIsReported() throws Exception {
        Path file = write("file", "1");
        SavedChanges changes = watching(file);

        Files.writeString(file, "2");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));

        assertThat(changes.take()).containsExactly(file);
    }

    @Test
    void swapAndBackupFilesOfEditorsAreIgnored() throws Exception {
        SavedChanges changes = watching(folder);

        write(".Hello.java.swp", "1");
        write("Hello.java~", "1");

        assertThat(changes.take()).isEmpty();
    }

    @Test
    void filesInAFolderThatIsCreatedLaterAreReported() throws Exception {
        SavedChanges changes = watching(folder.resolve("resources"));
        assertThat(changes.take()).isEmpty();

        Path added = write("resources/text", "1");

        assertThat(changes.take()).containsExactly(added);
    }

    @Test
    void filesInAFolderThatIsNoLongerWatchedAreNotReported() throws Exception {
        Path kept = write("a/kept", "1");
        write("b/dropped", "1");
        List<Path> roots = new ArrayList<>(List.of(folder.resolve("a"), folder.resolve("b")));
        SavedChanges changes = new SavedChanges(() -> List.copyOf(roots), Instant.MAX, Set.of());

        roots.remove(1);
        assertThat(changes.take()).isEmpty();

        Files.delete(kept);
        assertThat(changes.take()).containsExactly(kept);
    }

    /** Whether such a file has been compiled is unknown. */
    @Test
    void filesSavedSinceTheBuildBeganAreReportedUnlessMavenHasFetchedThem() throws Exception {
        Instant begin = Instant.now();
        Path before = write("before", "1");
        Path after = write("after", "1");
        Files.setLastModifiedTime(before, FileTime.from(begin.minusSeconds(1)));
        Files.setLastModifiedTime(after, FileTime.from(begin.plusSeconds(1)));

        assertThat(new SavedChanges(() -> List.of(folder), begin, Set.of()).take())
                .containsExactly(after);
        assertThat(new SavedChanges(() -> List.of(folder), begin, Set.of(after)).take())
                .isEmpty();
    }

    @Test
    void filesBehindLinksAreWatchedAlsoWhereALinkLeadsBack() throws Exception {
        Path shared = Files.createDirectories(folder.resolve("shared"));
        Path root = Files.createDirectories(folder.resolve("project")).resolve("src");
        Files.createSymbolicLink(root, shared);
        Path inner = Files.createDirectories(folder.resolve("inner"));
        Files.createSymbolicLink(shared.resolve("linked"), inner);
        Files.createSymbolicLink(shared.resolve("back"), shared);
        Files.createSymbolicLink(shared.resolve("broken"), folder.resolve("none"));
        SavedChanges changes = watching(root);

        Files.writeString(shared.resolve("A"), "1");
        Files.writeString(inner.resolve("B"), "1");

        assertThat(changes.take()).containsExactly(root.resolve("A"), root.resolve("linked/B"));
    }

    @Test
    void aFolderThatABuildAddsIsWatchedFromThenOn() throws Exception {
        List<Path> roots = new ArrayList<>(List.of(folder.resolve("a")));
        SavedChanges changes = new SavedChanges(() -> List.copyOf(roots), Instant.MAX, Set.of());
        write("b/built", "1");
        roots.add(folder.resolve("b"));
        assertThat(changes.take()).isEmpty();

        Path added = write("b/added", "1");

        assertThat(changes.take()).containsExactly(added);
    }

    @Test
    void aNewFileThatIsSavedAgainWhileABuildUsesItIsReported() throws Exception {
        List<Path> roots = new ArrayList<>(List.of(folder.resolve("a")));
        SavedChanges changes = new SavedChanges(() -> List.copyOf(roots), Instant.MAX, Set.of());
        Path dependency = write("word.jar", "one");
        roots.add(dependency);
        changes.watchNew();

        write("word.jar", "another");

        assertThat(changes.take()).containsExactly(dependency);
    }
}
