package dev.fnwatchdog.maven.image.registry;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import dev.fnwatchdog.maven.image.ImageLocation;
import dev.fnwatchdog.maven.image.ImageSpecification;
import dev.fnwatchdog.maven.image.PlatformNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegistryReachabilityTest {
    private static final RegistryReachability REACHABILITY = new RegistryReachability(false, Duration.ofSeconds(4));

    private static ImageSpecification specification(String from, String to) {
        return new ImageSpecification(
                ImageLocation.parse(from, Path.of("/project")),
                ImageLocation.parse(to, Path.of("/project")),
                ImageReference.of("", "hello", "1"),
                Set.of(),
                PlatformNames.parse(List.of("linux/amd64")),
                ImageFormat.Docker,
                Instant.EPOCH);
    }

    private static ServerSocket server() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @Test
    void aRegistryThatRefusesConnectionsIsNamedWithWhatToCheckAndWithoutACause() throws Exception {
        ServerSocket closed = server();
        closed.close();
        String name = "127.0.0.1:%d/hello:1".formatted(closed.getLocalPort());

        assertThatThrownBy(() -> REACHABILITY.check(specification("scratch", name)))
                .isInstanceOf(IOException.class)
                .hasNoCause()
                .hasMessageStartingWith(
                        "the registry 127.0.0.1:%d of watchdog.image.to=\"%s\" cannot be reached: Connection refused"
                                .formatted(closed.getLocalPort(), name))
                .hasMessageContaining("Check its name and its port")
                .hasMessageContaining("watchdog.image.allowInsecureRegistries=true");
    }

    @Test
    void aRegistryWhoseNameIsUnknownIsNamed() {
        assertThatThrownBy(() -> REACHABILITY.check(specification("none.invalid/base:1", "tar://image.tar")))
                .hasMessageContaining("the registry none.invalid of watchdog.image.from=\"none.invalid/base:1\"");
    }

    @Test
    void aRegistryThatDoesNotAnswerIsGivenUpAfterTheTimeout() throws Exception {
        // Documentation addresses are routed nowhere: packets to them are dropped, or refused at once.
        assertThatThrownBy(() -> new RegistryReachability(false, Duration.ofMillis(200))
                        .check(specification("192.0.2.1:5000/base:1", "tar://image.tar")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the registry 192.0.2.1:5000");
    }

    @Test
    void registriesThatAcceptConnectionsAndBasesOfADigestAreAccepted() throws Exception {
        String digest = "@sha256:" + "0".repeat(64);
        try (ServerSocket registry = server()) {
            String name = "127.0.0.1:%d/hello:1".formatted(registry.getLocalPort());

            assertThatCode(() -> REACHABILITY.check(specification(name, name))).doesNotThrowAnyException();
            // It may be in jib's cache, and then its registry is not asked.
            assertThatCode(() -> REACHABILITY.check(specification("none.invalid/base" + digest, name)))
                    .doesNotThrowAnyException();
        }
    }
}
