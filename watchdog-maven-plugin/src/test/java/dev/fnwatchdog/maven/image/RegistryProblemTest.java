package dev.fnwatchdog.maven.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InsecureRegistryException;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class RegistryProblemTest {
    private static final ImageSpecification ORDER = new ImageSpecification(
            ImageLocation.parse("registry.example.com/base:1", Path.of("/project")),
            ImageLocation.parse("tar://image.tar", Path.of("/project")),
            ImageReference.of("", "hello", "1"),
            Set.of(),
            PlatformNames.parse(List.of("linux/amd64")),
            ImageFormat.Docker,
            Instant.EPOCH);

    @Test
    void aProblemWithARegistryIsReportedWithTheImageParameters() {
        assertThat(RegistryProblem.describe(new IOException("no route"), ORDER))
                .isEqualTo(
                        "IOException: no route. The parameters are watchdog.image.from=\"registry.example.com/base:1\""
                                + " and watchdog.image.to=\"tar:///project/image.tar\"");
    }

    @Test
    void aTlsProblemWithARegistryIsReportedWithTheParameterThatAllowsIt() throws Exception {
        SSLException cause = new SSLException("no TLS");

        assertThat(RegistryProblem.describe(
                        new InsecureRegistryException(
                                URI.create("https://registry.example.com/v2/").toURL(), cause),
                        ORDER))
                .contains("connections are allowed. Set watchdog.image.allowInsecureRegistries=true");
        assertThat(RegistryProblem.describe(new IOException("failed", cause), ORDER))
                .contains("Set watchdog.image.allowInsecureRegistries=true");
    }
}
