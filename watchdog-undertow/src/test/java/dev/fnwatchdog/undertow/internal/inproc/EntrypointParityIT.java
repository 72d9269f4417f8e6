package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the responses of one function's jar in OpenFaaS' own entrypoint and in the packaged jar. Proves
 * specification 5.9.
 */
class EntrypointParityIT {
    private static final String SNIFFED_TYPE = "\ncontent-type: text/plain; charset=utf-8";
    private static final Path SOURCES = Path.of("src", "test", "functions", "openfaas");
    private static final Path JARS = Path.of(System.getProperty("openfaas.jars"));
    private static final Pattern LISTENING = Pattern.compile("Listening on port: (\\d+)\n");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /**
     * Fields of the watchdog in every mode and of the JDK's server, and the framing of the body, which differ between
     * the two.
     */
    private static final List<String> SERVER_FIELDS =
            List.of("date:", "connection:", "content-length:", "transfer-encoding:", "x-duration-seconds:");

    @TempDir
    private static Path folder;

    private static Process entrypoint;
    private static int entrypointPort;
    private static PackagedWatchdog watchdog;

    @BeforeAll
    static void startBoth() throws Exception {
        Path function = compiled("com.openfaas.function.Handler", "Handler.java", "function.jar");
        Path model = JARS.resolve("model.jar");
        Path out = folder.resolve("out");
        entrypoint = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-exports",
                        "jdk.httpserver/sun.net.httpserver=ALL-UNNAMED",
                        "-Dcom.sun.net.httpserver.HttpServerProvider=AnyPort",
                        "-cp",
                        "%s:%s:%s:%s"
                                .formatted(
                                        JARS.resolve("entrypoint.jar"),
                                        model,
                                        function,
                                        compiled("AnyPort", "AnyPort.java", "any-port.jar")),
                        "com.openfaas.entrypoint.App")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        watchdog = PackagedWatchdog.with(
                        "mode", "inproc",
                        "function_path", model + ":" + function,
                        "port", "0",
                        "metrics_port", "0",
                        "healthcheck_interval", "0")
                .startReady();
        Polling.until(PATIENCE, () -> {
            Matcher line = LISTENING.matcher(Files.readString(out));
            entrypointPort = line.find() ? Integer.parseInt(line.group(1)) : 0;
            return entrypointPort > 0;
        });
    }

    private static Path compiled(String name, String source, String jar) throws IOException {
        return new FunctionJar()
                .source(name, Files.readString(SOURCES.resolve(source)))
                .write(folder, jar);
    }

    @AfterAll
    static void stopBoth() throws Exception {
        if (watchdog != null) {
            watchdog.close();
        }
        if (entrypoint != null) {
            entrypoint.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /",
                "GET /a/1/b/2",
                "GET /a%20b/c%2Bd",
                "GET /x///y/",
                "GET /?a=1&b=2&a=3",
                "GET /?a=b%26c&d=%C3%BC",
                "GET /?x=a+b",
                "GET /?status=404",
                "GET /?status=500&type=text/html",
                "GET /?type=application/json;%20charset=utf-8",
                "GET /?header=X-Own",
                "GET /?header=x-lower&type=text/plain",
                "GET /?status=202&empty=1",
                "DELETE /thing",
                "PUT /|Content-Length: 0",
                "POST /|Content-Length: 0",
                "POST /|Content-Length: 5|hello",
                "POST /?status=201|Content-Type: text/plain; charset=utf-8|Content-Length: 7|w\u00c3\u00b6rld!",
                "POST /|Content-Length: 3|\u00ff\u00fe!",
                "POST /|Transfer-Encoding: chunked|5\r\nhello\r\n6\r\n again\r\n0\r\n\r\n",
                "POST /|X-Call-Id: 7|Content-Length: 1|x",
                "POST /|x-call-id: first|X-CALL-ID: second|Content-Length: 1|x",
            })
    void aModelFunctionRespondsAsWithTheOpenFaasEntrypoint(String notation) throws Exception {
        String expected = responseTo(entrypointPort, notation);

        assertThat(expected).startsWith("HTTP/1.1 ");
        String response = responseTo(watchdog.port(), notation);
        assertThat(expected.contains("\ncontent-type: ") ? response : response.replace(SNIFFED_TYPE, ""))
                .isEqualTo(expected);
    }

    /** Proves specification 5.12. */
    @Test
    void aResponseWithoutATypeHasOneAndHasNoneFromTheEntrypoint() throws Exception {
        assertThat(responseTo(entrypointPort, "GET /")).doesNotContain("\ncontent-type: ");

        assertThat(responseTo(watchdog.port(), "GET /")).contains(SNIFFED_TYPE);
    }

    @Test
    void aPathThatBeginsWithTwoSlashesReachesAModelFunctionWhole() throws Exception {
        assertThat(responseTo(entrypointPort, "GET //x/y")).contains("\npath /y ");

        assertThat(responseTo(watchdog.port(), "GET //x/y")).contains("\npath //x/y ");
    }

    /**
     * Sends a request whose parts stand between bars: its first line, its header fields, and its body, where there is
     * one.
     */
    private static String responseTo(int port, String notation) throws IOException {
        String[] parts = notation.split("\\|", -1);
        StringBuilder request = new StringBuilder(parts[0]).append(" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n");
        boolean hasBody = parts[parts.length - 1].indexOf(": ") < 0;
        for (int i = 1; i < parts.length; i++) {
            boolean body = hasBody && i == parts.length - 1;
            request.append(body ? "\r\n" : "").append(parts[i]).append(body ? "" : "\r\n");
        }
        if (parts.length == 1 || !hasBody) {
            request.append("\r\n");
        }
        try (RawClient client = RawClient.to(InetAddress.getLoopbackAddress(), port)) {
            return comparable(client.send(request.toString()).readWhole());
        }
    }

    /**
     * Returns a response without what differs between servers: order and case of header fields, and the reason phrase.
     */
    private static String comparable(String response) {
        int end = response.indexOf("\r\n\r\n");
        String[] head = response.substring(0, end).split("\r\n", -1);
        StringBuilder text = new StringBuilder(head[0].substring(0, "HTTP/1.1 200".length()));
        Arrays.stream(head, 1, head.length)
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT)
                        + line.substring(line.indexOf(':')))
                .filter(line -> SERVER_FIELDS.stream().noneMatch(line::startsWith))
                .sorted()
                .forEach(line -> text.append('\n').append(line));
        return text.append("\n\n").append(response.substring(end + 4)).toString();
    }
}
