package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RequiredProgram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * HTTP/2 clients of other projects in front of the packaged jar: early 429 and 504 responses to uploads do not harm
 * their connection. Proves specification 9.15.
 */
class Http2ClientsIT {
    private static final long PATIENCE_SECONDS = 60;

    /** The first minor version of Go whose HTTP client supports HTTP/2 in clear text without a library. */
    private static final int GO_MINOR = 24;

    @SuppressWarnings("NullAway.Init") // before each test
    private PackagedWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        watchdog = PackagedWatchdog.with(
                        "port",
                        "0",
                        "metrics_port",
                        "0",
                        "healthcheck_interval",
                        "0",
                        "mode",
                        "streaming",
                        "fprocess",
                        "sh -c 'case $Http_Path in /slow) exec sleep 20;; *) cat >/dev/null; echo hi;; esac'",
                        "max_inflight",
                        "1",
                        "exec_timeout",
                        "3s")
                .startReady();
    }

    @AfterEach
    void stop() {
        watchdog.close();
    }

    private String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(output)
                    .isTrue();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String resource(String name) {
        return Path.of("src", "test", "resources", "http2", name)
                .toAbsolutePath()
                .toString();
    }

    /** Proves specification 9.15. */
    @Test
    void nodeHttp2ClientKeepsItsConnectionAfterEarlyResponsesToUploads() throws Exception {
        Path node = RequiredProgram.require("node", "uploads by Node's HTTP/2 client");

        List<String> lines = run(node.toString(), resource("uploads.js"), Integer.toString(watchdog.port()))
                .lines()
                .toList();

        assertThat(lines).filteredOn(line -> line.startsWith("refused: 429 ")).hasSize(20);
        assertThat(lines).filteredOn(line -> line.startsWith("slow: 504")).hasSize(1);
        assertThat(lines).filteredOn(line -> line.equals("next: 200 hi")).hasSize(5);
        assertThat(lines).hasSize(26);
    }

    /** Proves specification 9.15. */
    @Test
    void goHttp2ClientKeepsItsConnectionAfterEarlyResponsesToUploads() throws Exception {
        Path go = RequiredProgram.require("go", "uploads by Go's HTTP/2 client");
        assumeTrue(speaksHttp2InClearText(run(go.toString(), "version")), "Go is older than 1." + GO_MINOR);

        List<String> lines = run(go.toString(), "run", resource("uploads.go"), Integer.toString(watchdog.port()))
                .lines()
                .toList();

        assertThat(lines).filteredOn(line -> line.startsWith("slow: 504")).hasSize(1);
        assertThat(lines).filteredOn(line -> line.equals("next: 200 hi")).hasSize(5);
        assertThat(lines).contains("connections: 1").hasSize(7);
    }

    private static boolean speaksHttp2InClearText(String version) {
        Matcher minor = Pattern.compile("go1\\.(\\d+)").matcher(version);
        return minor.find() && Integer.parseInt(minor.group(1)) >= GO_MINOR;
    }
}
