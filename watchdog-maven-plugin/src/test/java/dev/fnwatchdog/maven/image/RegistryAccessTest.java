package dev.fnwatchdog.maven.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistryAccessTest {
    private static final Path HOME = Path.of("/home/me");

    @Test
    void loginsToRegistriesAreReadFromTheFilesOfDockerAndPodman() {
        assertThat(RegistryAccess.logins(Map.of(), HOME))
                .containsExactly(HOME.resolve(".docker/config.json"), HOME.resolve(".config/containers/auth.json"));
    }

    @Test
    void loginsToRegistriesAreReadFirstFromTheFilesThatVariablesName() {
        Map<String, String> environment = Map.of(
                "REGISTRY_AUTH_FILE", "/a/auth.json",
                "DOCKER_CONFIG", "/b",
                "XDG_RUNTIME_DIR", "/c",
                "XDG_CONFIG_HOME", "");

        assertThat(RegistryAccess.logins(environment, HOME))
                .startsWith(Path.of("/a/auth.json"), Path.of("/b/config.json"), HOME.resolve(".docker/config.json"))
                .contains(Path.of("/c/containers/auth.json"))
                .hasSize(5);
    }
}
