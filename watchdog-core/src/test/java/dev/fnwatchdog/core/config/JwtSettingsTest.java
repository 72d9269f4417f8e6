package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves specification 8.2. */
class JwtSettingsTest {
    private static final Map<String, String> NAMED =
            Map.of("fprocess", "cat", "jwt_auth", "true", "OPENFAAS_NAME", "env");

    @TempDir
    private Path directory;

    /** Proves specification 8.1, 8.2. */
    @Test
    void nameAndNamespaceAreReadAndTheDefaultAuthorityIsTheGateway() {
        WatchdogConfig config = Parsed.config(
                "fprocess", "cat",
                "jwt_auth", "1",
                "jwt_auth_debug", "true",
                "OPENFAAS_NAME", "env",
                "OPENFAAS_NAMESPACE", "openfaas-fn");

        assertThat(config.jwtAuth()).isTrue();
        assertThat(config.jwt())
                .isEqualTo(new JwtConfig(URI.create("http://gateway.openfaas:8080"), true, "env", "openfaas-fn"));
    }

    /** Proves specification 8.1. */
    @Test
    void jwtAuthLocalAndJwtAuthAuthorityChooseTheAuthority() {
        assertThat(authority("jwt_auth_local", "true")).isEqualTo("http://127.0.0.1:8080");
        assertThat(authority("jwt_auth_authority", "https://id.example.com/realms/a/"))
                .isEqualTo("https://id.example.com/realms/a");
        assertThat(authority("jwt_auth_local", "true", "jwt_auth_authority", "http://gw:81"))
                .isEqualTo("http://gw:81");
    }

    @Test
    void aMissingNamespaceIsReadFromTheFileOfTheServiceAccount() throws Exception {
        Path file = Files.writeString(directory.resolve("namespace"), "openfaas-fn\n");

        assertThat(WatchdogConfig.parse(NAMED, file).jwt().functionNamespace()).isEqualTo("openfaas-fn");
    }

    @Test
    void theNamespaceVariableWinsOverTheFileOfTheServiceAccount() throws Exception {
        Path file = Files.writeString(directory.resolve("namespace"), "other");

        assertThat(WatchdogConfig.parse(
                                Map.of(
                                        "fprocess", "cat",
                                        "jwt_auth", "true",
                                        "OPENFAAS_NAME", "env",
                                        "OPENFAAS_NAMESPACE", "mine"),
                                file)
                        .jwt()
                        .functionNamespace())
                .isEqualTo("mine");
    }

    @Test
    void jwtAuthWithoutFunctionNameAndNamespaceIsRefused() {
        assertThat(Parsed.mistakes(Map.of("fprocess", "cat", "jwt_auth", "true", "OPENFAAS_NAME", "")))
                .containsExactly(
                        "OPENFAAS_NAME is not set: expected the function's name, because jwt_auth needs it",
                        "OPENFAAS_NAMESPACE is not set: expected the function's namespace, because jwt_auth needs it"
                                + " and /nonexistent/namespace does not contain it");
    }

    @Test
    void aServiceAccountFileWithoutANamespaceIsRefused() throws Exception {
        Path blank = Files.writeString(directory.resolve("blank"), " \n");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});

        for (Path file : new Path[] {blank, binary, directory}) {
            assertThatThrownBy(() -> WatchdogConfig.parse(NAMED, file))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining(file + " does not contain it");
        }
    }

    @Test
    void withoutJwtAuthFunctionNameAndNamespaceAreNotRequired() {
        WatchdogConfig config = Parsed.config("fprocess", "cat", "jwt_auth", "false");

        assertThat(config.jwt().functionName()).isEmpty();
        assertThat(config.jwt().functionNamespace()).isEmpty();
    }

    private static String authority(String... settings) {
        String[] all = new String[settings.length + 2];
        System.arraycopy(settings, 0, all, 2, settings.length);
        all[0] = "fprocess";
        all[1] = "cat";
        return Parsed.config(all).jwt().authority().toString();
    }
}
