package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.Settings;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog.Finished;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the packaged jar with arguments. Proves specification 1.21 to 1.23, 2.1. */
class CommandLineIT {
    /** Proves specification 1.21. */
    @ParameterizedTest
    @ValueSource(strings = {"--version", "-version"})
    void theVersionOptionPrintsTheVersion(String argument) throws Exception {
        Finished run = PackagedWatchdog.with().run(argument);

        assertThat(run.status()).isZero();
        assertThat(run.out()).singleElement().asString().matches("\\d+\\.\\d+\\.\\d+(-\\w+)?");
        assertThat(run.err()).isEmpty();
    }

    /** Proves specification 1.21. */
    @ParameterizedTest
    @ValueSource(strings = {"--help", "-help"})
    void theHelpOptionPrintsTheSettingsTable(String argument) throws Exception {
        Finished run = PackagedWatchdog.with().run(argument);

        assertThat(run.status()).isZero();
        assertThat(String.join("\n", run.out()).strip())
                .isEqualTo(Settings.help().strip());
        assertThat(run.err()).isEmpty();
    }

    /** Proves specification 1.21. */
    @ParameterizedTest
    @ValueSource(strings = {"--verison", "-h", "start", "--archive", ""})
    void anUnknownArgumentIsRefusedWithAMessageThatNamesIt(String argument) throws Exception {
        Finished run = PackagedWatchdog.with().run(argument);

        assertThat(run.status()).isOne();
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .containsExactly(
                        "unknown argument \"%s\": expected --version, --help, --run-healthcheck or --archive FILE"
                                .formatted(argument));
    }

    /** Proves specification 1.21. */
    @Test
    void aSecondArgumentIsRefused() throws Exception {
        Finished run = PackagedWatchdog.with().run("--version", "--help");

        assertThat(run.status()).isOne();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).singleElement().asString().contains("unknown argument \"--help\"");
    }

    /** Proves specification 1.22. */
    @ParameterizedTest
    @ValueSource(strings = {"--run-healthcheck", "-run-healthcheck"})
    void runHealthcheckFailsWithoutALockFile(String argument) throws Exception {
        Finished run = PackagedWatchdog.with().run(argument);

        assertThat(run.status()).isOne();
        assertThat(run.err()).containsExactly("unable to find lock file.");
    }

    /** Proves specification 1.22. */
    @Test
    void runHealthcheckSucceedsWhileTheLockFileExistsAndFailsAfterSigterm() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOfPython().startReady()) {
            String folder = watchdog.temporaryDirectory().toString();

            assertThat(Files.exists(watchdog.temporaryDirectory().resolve(".lock")))
                    .isTrue();
            assertThat(healthcheck("TMPDIR", folder).status()).isZero();

            watchdog.signal("TERM");
            watchdog.awaitExit();
            assertThat(healthcheck("TMPDIR", folder).status()).isOne();
        }
    }

    /** Proves specification 1.23, 2.1. */
    @Test
    void runHealthcheckRequestsTheHealthEndpointWhenSuppressLockIsSet() throws Exception {
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOfPython("suppress_lock", "true").startReady()) {
            String port = Integer.toString(watchdog.port());

            assertThat(watchdog.temporaryDirectory()).isEmptyDirectory();
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);
            assertThat(healthcheck("suppress_lock", "true", "port", port).status())
                    .isZero();

            watchdog.signal("TERM");
            watchdog.awaitExit();
            Finished failed = healthcheck("suppress_lock", "true", "port", port);
            assertThat(failed.status()).isOne();
            assertThat(failed.err()).singleElement().asString().contains("127.0.0.1:" + port, "refused");
        }
    }

    /** Proves specification 1.23. */
    @Test
    void runHealthcheckRefusesPortZeroWhenSuppressLockIsSet() throws Exception {
        Finished run = healthcheck("suppress_lock", "true", "port", "0");

        assertThat(run.status()).isOne();
        assertThat(run.err()).singleElement().asString().startsWith("port=\"0\" cannot be used: expected the port");
    }

    private static Finished healthcheck(String... settings) throws Exception {
        return PackagedWatchdog.with(settings).run("--run-healthcheck");
    }
}
