package dev.fnwatchdog.undertow.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.TlsCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certificates of {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR}. Proves specification 1.13. */
class TrustedCertificatesTest {
    @TempDir
    Path folder;

    private Path write(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    private static void assertRefused(String variable, Object value, String reason) {
        assertThatThrownBy(() -> TrustedCertificates.clientContext(Map.of(variable, value.toString())))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("%s=\"%s\" cannot be used: expected ".formatted(variable, value))
                .hasMessageContaining(reason);
    }

    @Test
    void aFileThatDoesNotExistIsRefused() {
        assertRefused("SSL_CERT_FILE", folder.resolve("absent.pem"), "absent.pem does not exist");
    }

    @Test
    void aFolderInPlaceOfAFileIsRefused() {
        assertRefused("SSL_CERT_FILE", folder, "irectory");
    }

    @Test
    void anEmptyFileIsRefused() throws Exception {
        assertRefused("SSL_CERT_FILE", write("a.pem", ""), "it contains no certificate");
    }

    @Test
    void aFileWithoutACertificateIsRefused() throws Exception {
        assertRefused("SSL_CERT_FILE", write("a.pem", "text"), "(");
        assertRefused(
                "SSL_CERT_FILE", write("b.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "(");
    }

    @Test
    void aFileMayHaveSeveralCertificatesAndTextBetween() throws Exception {
        String two = "# first\n" + Files.readString(TlsCertificate.authority()) + "\n# second\n"
                + Files.readString(TlsCertificate.unknown());

        assertThat(TrustedCertificates.clientContext(
                        Map.of("SSL_CERT_FILE", write("a.pem", two).toString())))
                .isNotNull();
    }

    @Test
    void aFolderThatDoesNotExistIsRefused() {
        assertRefused("SSL_CERT_DIR", folder.resolve("absent"), "absent does not exist");
    }

    @Test
    void aFolderWithoutACertificateIsRefused() throws Exception {
        write("tls.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertRefused("SSL_CERT_DIR", folder, folder + " contains no certificate");
    }

    @Test
    void aFolderWithAMalformedCertificateIsRefusedWithTheFile() throws Exception {
        write("good.pem", Files.readString(TlsCertificate.authority()));
        write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertRefused("SSL_CERT_DIR", folder, "bad.pem: ");
    }

    @Test
    void eachOfSeveralFoldersIsRead() throws Exception {
        Files.copy(TlsCertificate.authority(), folder.resolve("ca.crt"));

        assertThat(TrustedCertificates.clientContext(Map.of("SSL_CERT_DIR", folder + ":" + folder)))
                .isNotNull();
        assertThatThrownBy(() ->
                        TrustedCertificates.clientContext(Map.of("SSL_CERT_DIR", folder + ":" + folder + "/absent")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("absent does not exist");
    }

    @Test
    void aWatchdogWithAFileThatDoesNotExistDoesNotStartAndOneOfHttpIgnoresIt() throws Exception {
        String[] settings = {
            "mode", "http", "fprocess", "sleep 600", "http_upstream_url", "https://localhost:1", "startup_wait", "0"
        };
        Map<String, String> environment = Map.of("PATH", System.getenv("PATH"), "SSL_CERT_FILE", "/absent.pem");

        assertThatThrownBy(() -> RunningWatchdog.started(builder -> builder.environment(environment), settings)
                        .close())
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("SSL_CERT_FILE=\"/absent.pem\" cannot be used");

        settings[5] = "http://localhost:1";
        try (RunningWatchdog watchdog =
                RunningWatchdog.started(builder -> builder.environment(environment), settings)) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
        }
    }
}
