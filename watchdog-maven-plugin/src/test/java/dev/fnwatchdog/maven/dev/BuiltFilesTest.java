package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltFilesTest {
    @TempDir
    private Path folder;

    private Path written(String name, Instant time) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
        return Files.setLastModifiedTime(file, FileTime.from(time));
    }

    @Test
    void filesNewerThanTheBeginningOfTheirBuildAreDatedBackToIt() throws Exception {
        Instant begin = Instant.parse("2026-03-02T09:14:06Z");
        Path older = written("classes/older", begin.minusSeconds(5));
        Path newer = written("classes/a/newer", begin.plusSeconds(5));

        BuiltFiles.dateBack(List.of(folder.resolve("classes"), folder.resolve("none")), begin);

        assertThat(Files.getLastModifiedTime(older).toInstant()).isEqualTo(begin.minusSeconds(5));
        assertThat(Files.getLastModifiedTime(newer).toInstant()).isEqualTo(begin);
    }
}
