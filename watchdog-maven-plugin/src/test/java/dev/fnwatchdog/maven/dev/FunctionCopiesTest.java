package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.maven.files.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionCopiesTest {
    private static final int VERSIONS = 6;

    @TempDir
    private Path folder;

    private Path classes;

    @BeforeEach
    void compile() throws Exception {
        classes = Files.createDirectories(folder.resolve("target/classes"));
        Files.writeString(classes.resolve("A.class"), "a");
    }

    private FunctionCopies copies(Duration longestRequest) throws Exception {
        return new FunctionCopies(
                Files.createDirectories(folder.resolve("temporary")),
                longestRequest,
                () -> FunctionClasses.of(List.of(classes.toString())));
    }

    private static List<Path> versions(FunctionCopies copies) throws Exception {
        List<Path> versions = new ArrayList<>();
        for (int i = 0; i < VERSIONS; i++) {
            versions.addAll(copies.next().elements());
        }
        return versions;
    }

    @Test
    void aCopyOfTheFunctionIsKeptAsLongAsARequestMayUseIt() throws Exception {
        assertThat(versions(copies(Duration.ofHours(1))))
                .hasSize(VERSIONS)
                .doesNotHaveDuplicates()
                .allSatisfy(copy -> assertThat(copy.resolve("A.class")).hasContent("a"));
    }

    @Test
    void copiesOfTheFunctionThatNoRequestCanUseAreDeleted() throws Exception {
        List<Path> versions = versions(copies(Duration.ZERO));

        assertThat(versions.subList(0, VERSIONS - 3))
                .allSatisfy(copy -> assertThat(copy).doesNotExist());
        assertThat(versions.subList(VERSIONS - 3, VERSIONS))
                .allSatisfy(copy -> assertThat(copy).exists());
    }

    @Test
    void copiesOfEndedRunsAreDeletedAndThoseOfRunningOnesAreKept() throws Exception {
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            Path running =
                    Files.createDirectories(folder.resolve("temporary/watchdog-run-%d-1".formatted(other.pid())));
            Path ended = Files.createDirectories(folder.resolve("temporary/watchdog-run-999999999-1/1"));
            Path foreign = Files.createDirectories(folder.resolve("temporary/999999999"));

            copies(Duration.ZERO);

            assertThat(running).exists();
            assertThat(ended).doesNotExist();
            assertThat(foreign).exists();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void copiesOutliveTheFolderOfTheBuildAndAreDeletedAtTheEnd() throws Exception {
        FunctionCopies copies = copies(Duration.ZERO);
        Path copy = copies.next().elements().get(0);

        Folders.delete(folder.resolve("target"));
        assertThat(copy.resolve("A.class")).hasContent("a");

        copies.close();
        assertThat(folder.resolve("temporary")).isEmptyDirectory();
    }

    @Test
    void filesBehindLinksAreCopied() throws Exception {
        Path shared = Files.createDirectories(folder.resolve("shared"));
        Files.writeString(shared.resolve("text"), "linked");
        Files.createSymbolicLink(classes.resolve("link"), shared);

        assertThat(copies(Duration.ZERO).next().elements().get(0).resolve("link/text"))
                .hasContent("linked");
    }
}
