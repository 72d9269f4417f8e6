package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.maven.config.WatchdogFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogProcessTest {
    @TempDir
    private Path folder;

    /** A launch of a shell script in place of Java. */
    private WatchdogLaunch launchOf(String script) throws Exception {
        Path java = Files.writeString(folder.resolve("java"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new WatchdogLaunch(
                java,
                List.of(),
                folder.resolve("watchdog.jar"),
                folder,
                Map.of(),
                Map.of(),
                folder.resolve("ports"),
                WatchdogLaunch.Function.BUILT,
                Duration.ofSeconds(10));
    }

    @Test
    void theLogHasAllLinesOfBothStreamsInTheirOrder() throws Exception {
        Path log = folder.resolve("start.log");
        WatchdogProcess watchdog = WatchdogProcess.startLoggingTo(log, launchOf("""
                        i=0
                        while [ $i -lt 100 ]; do
                            echo "output $i"
                            echo "error $i" >&2
                            i=$((i + 1))
                        done
                        exit 3
                        """));
        try {
            assertThatThrownBy(() -> watchdog.awaitReady(Duration.ofMinutes(1)))
                    .isInstanceOf(WatchdogFailedException.class)
                    .hasMessageContaining("exit status 3");
        } finally {
            watchdog.stop();
        }

        assertThat(Files.readAllLines(log))
                .isEqualTo(IntStream.range(0, 100)
                        .boxed()
                        .flatMap(i -> List.of("output " + i, "error " + i).stream())
                        .toList());
    }
}
