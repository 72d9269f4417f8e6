package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves specification 14.7. */
class ClassCacheTest {
    @TempDir
    private Path folder;

    private Path jar;

    @BeforeEach
    void makeFiles() throws IOException {
        jar = Files.writeString(folder.resolve("watchdog.jar"), "jar");
        Files.createDirectories(folder.resolve("jdk/bin"));
        release("25.0.1");
    }

    private void release(String version) throws IOException {
        Files.writeString(folder.resolve("jdk/release"), "IMPLEMENTOR=\"a\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    }

    private ClassCache cache(List<String> arguments, Map<String, String> environment) throws IOException {
        return ClassCache.of(new WatchdogLaunch(
                folder.resolve("jdk/bin/java"),
                arguments,
                jar,
                folder,
                environment,
                Map.of(),
                folder.resolve("watchdog/default.ports"),
                WatchdogLaunch.Function.BUILT,
                Duration.ofSeconds(10)));
    }

    private List<String> options(List<String> arguments) throws IOException {
        return cache(arguments, Map.of()).prepare();
    }

    /** Returns the file that the options name. */
    private static Path file(List<String> options) {
        return Path.of(options.get(options.size() - 1).replace("-XX:SharedArchiveFile=", ""));
    }

    @ParameterizedTest
    @CsvSource({"17.0.15, false", "18, false", "19.0.1, true", "25.0.3, true", "26, false"})
    void theVersionOfJavaDecidesWhetherThereIsACache(String version, boolean cached) throws Exception {
        release(version);

        List<String> options = options(List.of("-Xmx64m"));

        assertThat(options.contains("-XX:+AutoCreateSharedArchive")).isEqualTo(cached);
        assertThat(options.isEmpty()).isNotEqualTo(cached);
    }

    @Test
    void aJavaThatDoesNotDescribeItselfHasNoCache() throws Exception {
        Files.delete(folder.resolve("jdk/release"));

        assertThat(options(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=5005",
                "-agentpath:/a.so",
                "-javaagent:/a.jar",
                "-Xshare:off",
                "-XX:SharedArchiveFile=a",
                "-XX:ArchiveClassesAtExit=a",
                "-XX:AOTCache=a"
            })
    void anAgentOrAnotherArchiveTakesThePlaceOfTheCache(String argument) throws Exception {
        assertThat(options(List.of("-Xmx64m", argument))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void optionsOfTheEnvironmentTakeThePlaceOfTheCache(String variable) throws Exception {
        assertThat(cache(List.of(), Map.of(variable, "-javaagent:/a.jar")).prepare())
                .isEmpty();
    }

    @Test
    void aChangedJarHasAnotherFileAndTheOlderOneIsDeleted() throws Exception {
        Path first = Files.writeString(file(options(List.of())), "archive");
        Path ofAnotherExecution = Files.writeString(first.resolveSibling("other-1.jsa"), "archive");
        assertThat(file(options(List.of()))).isEqualTo(first).exists();

        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));
        Path second = file(options(List.of()));

        assertThat(second).isNotEqualTo(first);
        assertThat(first).doesNotExist();
        assertThat(ofAnotherExecution).exists();
    }

    @Test
    void theFolderIsMadeAgainForAJvmThatHasNotWrittenItsFile() throws Exception {
        ClassCache cache = cache(List.of(), Map.of());
        Path file = file(cache.prepare());
        Files.delete(file.getParent());

        cache.beforeEnd();

        assertThat(file.getParent()).isDirectory();
    }

    @Test
    void theFolderIsNotMadeAgainForAJvmThatUsesTheFile() throws Exception {
        Files.writeString(file(options(List.of())), "archive");
        ClassCache cache = cache(List.of(), Map.of());
        Path file = file(cache.prepare());
        Files.delete(file);
        Files.delete(file.getParent());

        cache.beforeEnd();

        assertThat(file.getParent()).doesNotExist();
    }
}
