package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecrypter;

/**
 * Provides credentials for registries, which are tried in this order: the configured helper, {@code settings.xml}, the
 * logins of Docker or podman, and the well-known helpers.
 */
public final class RegistryAccess {
    private static final String DOCKER_FILE = "config.json";
    private static final String PODMAN_FILE = "containers/auth.json";
    private static final String HELPER = "docker-credential-";
    // The names of one registry.
    private static final List<String> DOCKER_HUB =
            List.of("registry-1.docker.io", "docker.io", "index.docker.io", "registry.hub.docker.com");

    private final Settings settings;
    private final SettingsDecrypter decrypter;
    private final String helper;
    private final List<Path> logins;
    private final Consumer<LogEvent> log;

    /**
     * Creates an instance from the user's configuration.
     *
     * @param helper the name of a program {@code docker-credential-<helper>}, empty for none
     * @param logins files in which Docker or podman keeps logins; need not exist
     */
    public RegistryAccess(
            Settings settings, SettingsDecrypter decrypter, String helper, List<Path> logins, Consumer<LogEvent> log) {
        this.settings = settings;
        this.decrypter = decrypter;
        this.helper = helper;
        this.logins = List.copyOf(logins);
        this.log = log;
    }

    RegistryImage to(ImageReference image) {
        CredentialRetrieverFactory factory = CredentialRetrieverFactory.forImage(image, log);
        RegistryImage registry = RegistryImage.named(image);
        if (!helper.isEmpty()) {
            registry.addCredentialRetriever(factory.dockerCredentialHelper(HELPER + helper));
        }
        registry.addCredentialRetriever(() -> server(image.getRegistry()));
        logins.stream()
                .filter(Files::isRegularFile)
                .forEach(file -> registry.addCredentialRetriever(factory.dockerConfig(file)));
        registry.addCredentialRetriever(factory.wellKnownCredentialHelpers());
        return registry;
    }

    /**
     * Returns the files that {@code docker login} and {@code podman login} write; those that a variable names come
     * first.
     */
    public static List<Path> logins(Map<String, String> environment, Path home) {
        List<Path> files = new ArrayList<>();
        addBelow(environment, "DOCKER_CONFIG", DOCKER_FILE, files);
        files.add(home.resolve(".docker").resolve(DOCKER_FILE));
        addBelow(environment, "XDG_RUNTIME_DIR", PODMAN_FILE, files);
        addBelow(environment, "XDG_CONFIG_HOME", PODMAN_FILE, files);
        files.add(home.resolve(".config").resolve(PODMAN_FILE));
        String file = environment.getOrDefault("REGISTRY_AUTH_FILE", "");
        if (!file.isEmpty()) {
            files.add(0, Path.of(file));
        }
        return files;
    }

    private static void addBelow(Map<String, String> environment, String name, String file, List<Path> files) {
        String folder = environment.getOrDefault(name, "");
        if (!folder.isEmpty()) {
            files.add(Path.of(folder).resolve(file));
        }
    }

    private Optional<Credential> server(String registry) {
        return names(registry).stream()
                .map(settings::getServer)
                .filter(server -> server != null && server.getUsername() != null)
                .findFirst()
                .map(this::decrypted);
    }

    private static List<String> names(String registry) {
        return DOCKER_HUB.contains(registry) ? DOCKER_HUB : List.of(registry);
    }

    private Credential decrypted(Server server) {
        Server readable =
                decrypter.decrypt(new DefaultSettingsDecryptionRequest(server)).getServer();
        return Credential.from(readable.getUsername(), readable.getPassword());
    }
}
