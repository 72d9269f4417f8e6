package dev.fnwatchdog.maven.image.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.image.base.JavaHome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCheckTest {
    private static final Map<String, String> INPROC = Map.of("mode", "inproc", "handler", "hello.Hello");
    private static final Map<String, String> HTTP =
            Map.of("mode", "http", "fprocess", "cat", "http_upstream_url", "http://127.0.0.1:3000");
    private static final String SERVES =
            "{\"level\":\"info\",\"msg\":\"Listening on port: 1\"}\n{\"level\":\"info\",\"msg\":\"Metrics listening on port: 2\"}";

    @TempDir
    private Path folder;

    @BeforeEach
    void writeTheJar() throws IOException {
        new StandInJar(folder.resolve("image")).write();
    }

    private String check(boolean imagesJava, Map<String, String> settings, String output, int status) throws Exception {
        return new StartCheck(JavaHome.ofThisBuild(), imagesJava, folder.resolve("check"))
                .run(folder.resolve("image"), StandInJar.image(settings, output, status));
    }

    private static String error(String message) {
        return "{\"time\":\"t\",\"level\":\"error\",\"severity\":\"ERROR\",\"msg\":\"" + message + "\"}";
    }

    private void assertRefused(Map<String, String> settings, String message) {
        assertThatThrownBy(() -> check(false, settings, "no JSON\n" + error(message), 1))
                .isInstanceOf(WatchdogFailedException.class)
                .hasMessage("the watchdog would not start in the image: " + message);
    }

    /** Proves specification 10.3. */
    @Test
    void aStartIsReportedWithTheJavaThatItWasTriedWith() throws Exception {
        assertThat(check(true, INPROC, SERVES, 0))
                .startsWith("The watchdog starts with these files and settings on Java ")
                .endsWith(", the image's");
        assertThat(check(false, INPROC, SERVES, 0)).endsWith("; the image's Java was not tried");
    }

    /** Proves specification 10.2. */
    @Test
    void aHandlerThatTheWatchdogRefusesIsRefused() {
        assertRefused(INPROC, "cannot load handler hello.Hello: no such class");
    }

    /** Proves specification 10.2. */
    @Test
    void aSettingThatOnlyTheWatchdogItselfChecksIsRefusedInEachMode() {
        assertRefused(HTTP, "A setting of the Prometheus library cannot be used: io.prometheus.x");
    }

    /** Proves specification 10.3. */
    @Test
    void whatTheFunctionsOwnCodeThrowsIsNotKnownToHappenInTheImage() throws Exception {
        String thrown = error("cannot create handler hello.Hello: java.net.ConnectException")
                .replace("\"}", "\",\"stack\":\"at\"}");

        assertThat(check(true, INPROC, thrown, 1))
                .isEqualTo(
                        "It is not known whether the watchdog starts in the image: the function's own code has failed here:"
                                + " cannot create handler hello.Hello: java.net.ConnectException");
    }

    /** Proves specification 10.3. */
    @Test
    void aClassThatAnotherJavaCannotLoadIsRefusedByTheImagesJavaAlone() throws Exception {
        String message = "cannot load handler hello.Hello: java.lang.UnsupportedClassVersionError: 69.0";

        assertThat(check(false, INPROC, error(message), 1)).contains("starts in the image: it was tried with Java ");
        assertThatThrownBy(() -> check(true, INPROC, error(message), 1)).hasMessageContaining(message);
    }

    /** Proves specification 10.3. */
    @Test
    void aFileThatOnlyTheBaseImageCanHaveIsNotKnown() throws Exception {
        Map<String, String> settings =
                Map.of("mode", "inproc", "handler", "hello.Hello", "PROMETHEUS_CONFIG", "/etc/prometheus.properties");

        assertThat(check(true, settings, error("no such file"), 1))
                .contains("/etc/prometheus.properties is not among the project's files");
    }

    /** Proves specification 10.3. */
    @Test
    void aFailureWithAStandInForTheFunctionIsNotKnownToHappenInTheImage() throws Exception {
        assertThat(check(true, HTTP, error("cannot start sleep"), 1)).contains("with a stand-in for the function");
    }

    /** Proves specification 10.3. */
    @Test
    void anEndWithoutAReasonIsNotKnownToHappenInTheImage() throws Exception {
        assertThat(check(true, INPROC, "Error: Could not create the Java Virtual Machine.", 1))
                .contains("without a message of its own (Error: Could not create the Java Virtual Machine.)");
        assertThat(check(true, INPROC, error("out of memory"), 3)).contains("without a message of its own");
    }
}
