package dev.fnwatchdog.maven;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecrypter;

/** Credentials, in the order in which they are tried: the named helper, {@code settings.xml}, Docker's own configuration and helpers. */
final class RegistryAccess {
    // One registry under several names.
    private static final List<String> DOCKER_HUB =
            List.of("registry-1.docker.io", "docker.io", "index.docker.io", "registry.hub.docker.com");

    private final Settings settings;
    private final SettingsDecrypter decrypter;
    private final String helper;
    private final Consumer<LogEvent> log;

    /** @param helper the name of a program {@code docker-credential-<helper>}, empty for none */
    RegistryAccess(Settings settings, SettingsDecrypter decrypter, String helper, Consumer<LogEvent> log) {
        this.settings = settings;
        this.decrypter = decrypter;
        this.helper = helper;
        this.log = log;
    }

    RegistryImage to(ImageReference image) {
        CredentialRetrieverFactory factory = CredentialRetrieverFactory.forImage(image, log);
        RegistryImage registry = RegistryImage.named(image);
        if (!helper.isEmpty()) {
            registry.addCredentialRetriever(factory.dockerCredentialHelper(helper));
        }
        registry.addCredentialRetriever(() -> server(image.getRegistry()));
        registry.addCredentialRetriever(factory.dockerConfig());
        registry.addCredentialRetriever(factory.wellKnownCredentialHelpers());
        return registry;
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
