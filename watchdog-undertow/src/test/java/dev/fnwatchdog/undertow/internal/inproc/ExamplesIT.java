package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ReadmeCommand;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the command of each example's README. Proves specification 5.1, 5.3, 5.7, 5.14, 5.15. */
@Timeout(120)
class ExamplesIT {
    @ParameterizedTest
    @ValueSource(strings = {"inproc-handler", "inproc-servlet"})
    void theExampleGreets(String example) throws Exception {
        try (ReadmeCommand command = ReadmeCommand.start("examples/" + example)) {
            WebApplicationClient client = new WebApplicationClient(command.awaitPort());

            assertThat(client.send(client.request("/").POST(HttpRequest.BodyPublishers.ofString("Ada")))
                            .body())
                    .isEqualToIgnoringNewLines("hello, Ada");
        }
    }

    @Test
    void theExampleOfJerseyServes() throws Exception {
        try (ReadmeCommand command = ReadmeCommand.start("examples/jersey")) {
            new WebApplicationClient(command.awaitPort()).assertServes();
        }
    }

    @Test
    void theExampleOfSpringMvcServesAndSpringSecurityGuardsIt() throws Exception {
        try (ReadmeCommand command = ReadmeCommand.start("examples/spring-mvc")) {
            WebApplicationClient client = new WebApplicationClient(command.awaitPort());
            client.assertServes();

            assertThat(client.send(client.request("/admin/name")).statusCode()).isEqualTo(401);
            String credentials = Base64.getEncoder().encodeToString("ada:secret".getBytes(StandardCharsets.UTF_8));
            assertThat(client.send(client.request("/admin/name").header("Authorization", "Basic " + credentials))
                            .body())
                    .isEqualTo("hello, ada");
        }
    }
}
