package dev.fnwatchdog.core.process.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveFileTest {
    @TempDir
    private Path folder;

    /** Proves specification 14.5. */
    @Test
    void anOlderFileIsReplacedOnlyByACompleteOne() throws Exception {
        Path target = Files.writeString(folder.resolve("a.jsa"), "old");
        try (ArchiveFile archive = ArchiveFile.at(target)) {
            Files.writeString(archive.temporaryFolder().resolve("output"), "lines");
            Files.writeString(archive.unfinished(), "newer");
            assertThat(target).hasContent("old");

            assertThat(archive.complete()).isEqualTo(5);
        }

        assertThat(target).hasContent("newer");
        assertThat(folder).isDirectoryContaining(file -> file.equals(target));
        assertThat(folder.toFile().list()).hasSize(1);
    }

    /** Proves specification 14.5. */
    @Test
    void nothingIsLeftOfAFileThatIsNotComplete() throws Exception {
        try (ArchiveFile archive = ArchiveFile.at(folder.resolve("a.jsa"))) {
            Files.writeString(archive.temporaryFolder().resolve("output"), "lines");
            Files.writeString(archive.unfinished(), "hal");
        }

        assertThat(folder).isEmptyDirectory();
    }

    /** Proves specification 14.5. */
    @Test
    void aFolderThatIsMissingIsNamed() {
        Path file = folder.resolve("none/a.jsa");

        assertThatThrownBy(() -> ArchiveFile.at(file))
                .hasMessage(file + " cannot be written: there is no folder " + folder.resolve("none"));
    }

    /** Proves specification 14.5. */
    @Test
    void aFolderInPlaceOfAFileIsRefused() {
        assertThatThrownBy(() -> ArchiveFile.at(folder)).hasMessage(folder + " cannot be written: it is a folder");
    }

    /** Proves specification 14.5. */
    @Test
    void aFolderInWhichNothingCanBeMadeIsNamedWithTheReason() {
        // Not even root makes a folder there.
        assertThatThrownBy(() -> ArchiveFile.at(Path.of("/proc/a.jsa")))
                .hasMessageMatching("/proc/a\\.jsa cannot be written: \\w[\\w ]+");
    }
}
