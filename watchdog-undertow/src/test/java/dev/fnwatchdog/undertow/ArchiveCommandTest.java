package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.process.training.RunningJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveCommandTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "mode", "http",
            "fprocess", "node index.js",
            "http_upstream_url", "http://127.0.0.1:3000",
            "JAVA_HOME", System.getProperty("java.home"),
            "PATH", System.getenv("PATH"));

    @TempDir
    private Path folder;

    /** Returns the command with a program in place of {@code java}. */
    private static ArchiveCommand command(String java, Map<String, String> settings, Duration timeout) {
        List<String> access = RunningJvm.current().options().stream()
                .filter(option -> option.startsWith("--add-"))
                .toList();
        RunningJvm jvm = new RunningJvm(
                Path.of("src/test/jvm", java).toAbsolutePath(),
                access,
                System.getProperty("java.class.path"),
                "tests",
                Runtime.getRuntime().maxMemory());
        return new ArchiveCommand(jvm, Runtime.version().feature(), settings, timeout);
    }

    private String archive() {
        return folder.resolve("archive").toString();
    }

    /** Proves specification 14.5. */
    @Test
    @Timeout(90)
    void aJvmThatWritesNoArchiveIsAFailureThatLeavesNothing() {
        ArchiveCommand command = command("java-without-archive", SETTINGS, Duration.ofSeconds(60));

        assertThatThrownBy(() -> command.write(archive(), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the JVM has written none");
        assertThat(folder).isEmptyDirectory();
    }

    /** Proves specification 14.5. */
    @Test
    void aWatchdogThatHangsIsAFailureThatLeavesNothing() {
        ArchiveCommand command = command("java-that-hangs", SETTINGS, Duration.ofSeconds(1));

        assertThatThrownBy(() -> command.write(archive(), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessage("the watchdog has not started and stopped within 1 s: not a watchdog");
        assertThat(folder).isEmptyDirectory();
        assertThat(ProcessHandle.current().children().map(ProcessHandle::info))
                .noneMatch(child -> child.commandLine().orElse("").contains("sleep 600"));
    }

    /** Proves specification 14.5. */
    @Test
    void wrongSettingsAreReportedAsAtAStart() {
        ArchiveCommand command = command("none", Map.of("mode", "nonsense"), Duration.ZERO);

        assertThatThrownBy(() -> command.write(archive(), List.of()))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("mode=\"nonsense\" cannot be used");
        assertThat(folder).isEmptyDirectory();
    }

    /** Proves specification 14.6. */
    @ParameterizedTest
    @ValueSource(strings = {"hello", "", "http://localhost/", "/a b", "/ä"})
    void whatIsNoPathIsRefused(String path) {
        ArchiveCommand command = command("none", SETTINGS, Duration.ZERO);

        assertThatThrownBy(() -> command.write(archive(), List.of("/", path)))
                .hasMessage("the path \"%s\" cannot be requested: expected one such as /".formatted(path));
    }

    /** Proves specification 14.5. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--help"})
    void whatIsNoFileIsRefused(String file) {
        ArchiveCommand command = command("none", SETTINGS, Duration.ZERO);

        assertThatThrownBy(() -> command.write(file, List.of()))
                .hasMessage("\"%s\" cannot be written: expected a file".formatted(file));
    }
}
