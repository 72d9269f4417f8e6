package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog.Finished;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Checks the reasons that the packaged jar prints when it does not start. Proves specification 1.4 to 1.6, 1.10 to
 * 1.12, 1.15, 1.18, 2.21, 3.1.
 */
class StartRefusalIT {
    private static final String TIME = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ";

    @TempDir
    private Path folder;

    /** Proves specification 1.4, 1.5, 1.11, 1.12, 1.18. */
    @Test
    void everyInvalidSettingIsReportedInALineOfItsOwn() throws Exception {
        Finished run = PackagedWatchdog.with(
                        "mode", "http",
                        "fprocess", "node 'index.js",
                        "http_upstream_url", "localhost",
                        "port", "80a",
                        "exec_timeout", "soon",
                        "write_timeout", "0",
                        "max_inflight", "ten",
                        "log_callid", "maybe")
                .run();

        assertThat(run.status()).isOne();
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .allMatch(line -> line.matches(TIME + "\\w+=\".*\" cannot be used: expected .*"))
                .hasSize(7)
                .anyMatch(line -> line.contains("fprocess=\"node 'index.js\""))
                .anyMatch(line ->
                        line.contains("http_upstream_url=\"localhost\"") && line.contains("an absolute URL such as"))
                .anyMatch(line -> line.contains("port=\"80a\"") && line.contains("a port from 0 to 65535"))
                .anyMatch(
                        line -> line.contains("exec_timeout=\"soon\"") && line.contains("a Go duration such as 1m30s"))
                .anyMatch(line -> line.contains("HTTP write timeout must be over 0s"))
                .anyMatch(line -> line.contains("max_inflight=\"ten\""))
                .anyMatch(line -> line.contains("log_callid=\"maybe\"") && line.contains("true or 1, false or 0"));
    }

    /** Proves specification 2.19. */
    @Test
    void aSettingOfThePrometheusLibraryIsRefusedTogetherWithTheWatchdogsOwn() throws Exception {
        Finished run = PackagedWatchdog.with("fprocess", "cat", "port", "80a", "IO_PROMETHEUS_UNHEARD_OF", "1")
                .run();

        assertThat(run.status()).isOne();
        assertThat(run.err()).hasSize(2);
        assertThat(run.err().get(1))
                .matches(
                        TIME
                                + "A setting of the Prometheus library cannot be used: IO_PROMETHEUS_UNHEARD_OF: Unknown property");
    }

    /** Proves specification 2.19. */
    @Test
    void aFileOfThePrometheusLibraryThatCannotBeReadEndsTheStartupWithOneLine() throws Exception {
        Finished run = PackagedWatchdog.with("fprocess", "cat", "port", "0", "PROMETHEUS_CONFIG", folder + "/missing")
                .run();

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .singleElement()
                .asString()
                .contains("Failed to read Prometheus properties from " + folder);
    }

    /** Proves specification 1.6. */
    @Test
    void aMissingRequiredSettingIsReported() throws Exception {
        Finished run = PackagedWatchdog.with().run();

        assertThat(run.status()).isOne();
        assertThat(run.err()).singleElement().asString().contains("fprocess is not set", "mode streaming needs it");
    }

    /** Proves specification 1.10. */
    @ParameterizedTest
    @CsvSource({"afterburn", "htttp"})
    void anUnknownModeIsRefusedWithTheListOfModes(String mode) throws Exception {
        Finished run = PackagedWatchdog.with("mode", mode, "fprocess", "cat").run();

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .singleElement()
                .asString()
                .contains("mode=\"" + mode + "\"", "streaming", "serializing", "http", "static", "inproc");
    }

    /** Proves specification 1.5. */
    @Test
    void invalidSettingsAreReportedAsJsonWithLogFormatJson() throws Exception {
        Finished run = PackagedWatchdog.with("log_format", "json", "mode", "http", "port", "-1")
                .run();

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .hasSize(3)
                .allMatch(line -> line.matches(
                        "\\{\"time\":\"[^\"]+\",\"level\":\"error\",\"severity\":\"ERROR\",\"msg\":\".+\"}"));
    }

    /** Proves specification 1.5, 3.1. */
    @Test
    void aCommandThatDoesNotExistIsReportedWithoutStackTrace() throws Exception {
        Finished run = PackagedWatchdog.inFrontOf("/no/such/program --fast", FreePort.any())
                .run();

        assertThat(run.status()).isOne();
        assertThat(run.err().get(run.err().size() - 1))
                .matches(TIME + "cannot start \"/no/such/program\": no such file or directory");
        assertNoStackTrace(run);
    }

    /** Proves specification 1.5, 3.1. */
    @Test
    void aCommandThatIsNotExecutableIsReportedWithoutStackTrace() throws Exception {
        Path script = Files.writeString(folder.resolve("function.sh"), "#!/bin/sh\n");

        Finished run =
                PackagedWatchdog.inFrontOf("'" + script + "'", FreePort.any()).run();

        assertThat(run.status()).isOne();
        assertThat(run.err().get(run.err().size() - 1)).endsWith("cannot start \"" + script + "\": permission denied");
        assertNoStackTrace(run);
    }

    /** Proves specification 1.15. */
    @ParameterizedTest
    @CsvSource({"port", "metrics_port"})
    void aPortThatIsInUseIsReportedWithExitStatusOne(String setting) throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());
            Finished run = PackagedWatchdog.inFrontOfPython(setting, port).run();

            assertThat(run.status()).isOne();
            assertThat(run.err())
                    .singleElement()
                    .asString()
                    .matches(TIME + "cannot listen on port " + port + ": [Aa]ddress already in use.*");
        }
    }

    /** Proves specification 2.21. */
    @Test
    void aLockFileThatCannotBeWrittenIsReportedAndNoFunctionIsLeftRunning() throws Exception {
        Path missing = folder.resolve("missing");
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOfPython("TMPDIR", missing.toString()).start()) {
            assertThat(watchdog.awaitExit()).isOne();

            assertThat(watchdog.err().get(watchdog.err().size() - 1))
                    .contains("cannot write the lock file " + missing.resolve(".lock"), "suppress_lock");
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    @Test
    void aReportForTheBuildToolThatCannotBeWrittenStopsTheFunctionThatRunsAlready() throws Exception {
        Path report = folder.resolve("missing").resolve("report");
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOfPython()
                .arguments("--controlled", report.toString())
                .start()) {
            assertThat(watchdog.awaitExit()).isOne();

            assertThat(watchdog.remainingDescendants()).isEmpty();
            watchdog.awaitLine("cannot write " + report);
        }
    }

    /** Proves specification 7.10. */
    @Test
    void aJvmThatLeavesSignalsAloneIsRefusedWithTheOptionToRemove() throws Exception {
        Finished run = PackagedWatchdog.with("fprocess", "cat", "port", "0", "metrics_port", "0")
                .jvm("-Xrs")
                .run();

        assertThat(run.status()).isOne();
        assertThat(run.err()).singleElement().asString().endsWith(" cannot handle SIGTERM: start the JVM without -Xrs");
    }

    private static void assertNoStackTrace(Finished run) {
        assertThat(run.err()).noneMatch(line -> line.contains("Exception") || line.contains("\tat "));
    }
}
