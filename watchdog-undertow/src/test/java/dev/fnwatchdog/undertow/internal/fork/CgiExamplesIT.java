package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RequiredProgram;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the commands of examples/cgi/README.md with the packaged jar. Proves specification 4.19. */
class CgiExamplesIT {
    private static final Path EXAMPLES =
            Path.of("../examples/cgi").toAbsolutePath().normalize();
    private static final Pattern COMMAND =
            Pattern.compile("(?m)^cgi_response=true fprocess=\"(\\S+) (\\S+)\" java -jar ");

    /** Returns the watchdog of the README's command for the language of a file. */
    private static PackagedWatchdog.Builder example(String file, String mode) throws IOException {
        Matcher command = COMMAND.matcher(Files.readString(EXAMPLES.resolve("README.md")));
        while (command.find()) {
            if (command.group(2).equals("examples/cgi/" + file)) {
                RequiredProgram.require(command.group(1), "examples/cgi/" + file + " is not run");
                String fprocess = command.group(1) + " " + EXAMPLES.resolve(file);
                return PackagedWatchdog.with("mode", mode, "fprocess", fprocess, "cgi_response", "true")
                        .set("port", "0", "metrics_port", "0", "healthcheck_interval", "0");
            }
        }
        throw new AssertionError("the README starts no " + file);
    }

    @ParameterizedTest
    @CsvSource({
        "hello.sh, streaming",
        "hello.sh, serializing",
        "hello.py, streaming",
        "hello.py, serializing",
        "hello.php, streaming",
        "hello.php, serializing"
    })
    void theExampleSetsStatusAndFields(String file, String mode) throws Exception {
        try (PackagedWatchdog watchdog = example(file, mode).startReady()) {
            HttpResponse<String> created =
                    watchdog.send(watchdog.request("/hello").POST(BodyPublishers.ofString("Ada")));
            assertThat(created.statusCode()).isEqualTo(201);
            assertThat(created.body()).isEqualTo("hello, Ada\n");
            assertThat(created.headers().firstValue("X-Path")).hasValue("/hello");
            assertThat(created.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain");

            HttpResponse<String> refused = watchdog.get("/");
            assertThat(refused.statusCode()).isEqualTo(405);
            assertThat(refused.headers().firstValue("Allow")).hasValue("POST");

            HttpResponse<String> redirect = watchdog.send(watchdog.request("/").POST(BodyPublishers.noBody()));
            assertThat(redirect.statusCode()).isEqualTo(302);
            assertThat(redirect.headers().firstValue("Location")).hasValue("/hello/nobody");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"streaming", "serializing"})
    void anOutputWithoutFieldsIs500InThePackagedWatchdog(String mode) throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.with("mode", mode, "fprocess", "echo hello")
                .set("cgi_response", "true", "port", "0", "metrics_port", "0", "healthcheck_interval", "0")
                .startReady()) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
            watchdog.awaitLine(
                    "The function's output is not a CGI response: the name of a header field is not a token");
        }
    }
}
