package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests files that are replaced while static mode opens them. Proves specification 1.33. */
class ReplacedFilesTest {
    private static final int SMALL = 100;
    private static final int LARGE = 100_000;

    @TempDir
    private Path folder;

    private Path file() throws IOException {
        return folder.toRealPath().resolve("file.txt");
    }

    private void replace(String by) throws IOException {
        Files.delete(file());
        switch (by) {
            case "nothing" -> assertThat(file()).doesNotExist();
            case "a link" -> Files.createSymbolicLink(file(), Files.createFile(folder.resolve("target")));
            case "a link in a circle" -> Files.createSymbolicLink(file(), file());
            case "a folder" -> Files.createDirectory(file());
            default -> throw new IllegalArgumentException(by);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "a link", "a link in a circle", "a folder"})
    void openingAFileThatWasReplacedSinceItsLookupReportsAMissingFile(String by) throws Exception {
        Files.write(file(), new byte[LARGE]);
        FileVersion seen = FileVersion.read(file(), FileVersion.attributes(file()), "text/plain", "");
        replace(by);

        assertThatThrownBy(() -> seen.open().close()).isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "a link", "a link in a circle", "a folder"})
    void readingAFileThatWasReplacedSinceItsLookupReportsAMissingFile(String by) throws Exception {
        Files.write(file(), new byte[SMALL]);
        BasicFileAttributes seen = FileVersion.attributes(file());
        replace(by);

        assertThatThrownBy(() -> FileVersion.read(file(), seen, "text/plain", ""))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void anErrorOfTheDiskIsNotReportedAsAMissingFile() throws Exception {
        Files.write(file(), new byte[SMALL]);
        IOException failure = new IOException("Input/output error");

        assertThat(ReplacedFile.orFailure(file(), failure)).isSameAs(failure);
    }

    @Test
    void aFileThatHasBecomeALinkSinceItsLookupIsSentAsTheLinksTarget() throws Exception {
        Path target = Files.write(folder.resolve("target.bin"), new byte[LARGE + 1]);
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder)) {
            for (int i = 0; i < 10; i++) {
                Files.deleteIfExists(file());
                Files.write(file(), new byte[LARGE]);
                Polling.until(Duration.ofSeconds(15), () -> length(watchdog) == LARGE);
                Files.delete(file());
                Files.createSymbolicLink(file(), target);

                // The old file may still be open, and be sent as it was for a moment.
                Polling.until(Duration.ofSeconds(15), () -> length(watchdog) == LARGE + 1);
            }
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("failed"));
        }
    }

    private static int length(RunningWatchdog watchdog) throws Exception {
        HttpResponse<String> response = watchdog.get("/file.txt");
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body().length();
    }
}
