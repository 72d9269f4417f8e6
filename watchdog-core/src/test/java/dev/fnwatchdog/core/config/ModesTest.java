package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModesTest {
    private static final CommandLine CAT = CommandLine.parse("cat");

    @TempDir
    private Path directory;

    /** Proves specification 1.1. */
    @Test
    void streamingIsTheModeWhereNoneIsSet() {
        assertThat(mode("fprocess", "cat"))
                .isEqualTo(
                        new ModeConfig.Streaming(CAT, new ModeConfig.Output("application/octet-stream", false), true));
        assertThat(mode("mode", "", "fprocess", "cat")).isInstanceOf(ModeConfig.Streaming.class);
    }

    @Test
    void theSettingsOfStreamingModeAreRead() {
        assertThat(mode("mode", "streaming", "fprocess", "cat", "content_type", "text/plain", "cgi_headers", "false"))
                .isEqualTo(new ModeConfig.Streaming(CAT, new ModeConfig.Output("text/plain", false), false));
        assertThat(mode("fprocess", "cat", "content_type", "text/plain", "cgi_response", "true"))
                .isEqualTo(new ModeConfig.Streaming(CAT, new ModeConfig.Output("text/plain", true), true));
    }

    /** Proves specification 1.10. */
    @ParameterizedTest
    @ValueSource(strings = {"serializing", "serialising"})
    void serializingModeIsReadInBothSpellings(String spelling) {
        assertThat(mode("mode", spelling, "fprocess", "cat", "combined_output", "1", "content_type", "text/plain"))
                .isEqualTo(new ModeConfig.Serializing(CAT, new ModeConfig.Output("text/plain", false), true, true));
    }

    @Test
    void theSettingsOfHttpModeAreReadUnderBothOfTheirNames() {
        assertThat(mode("mode", "http", "fprocess", "cat", "http_upstream_url", "http://127.0.0.1:3000"))
                .isEqualTo(new ModeConfig.Http(
                        CAT, URI.create("http://127.0.0.1:3000"), false, Duration.ofSeconds(10), ""));
        assertThat(mode(
                        "mode",
                        "http",
                        "fprocess",
                        "cat",
                        "upstream_url",
                        "http://h:1/a",
                        "buffer_http",
                        "true",
                        "startup_wait",
                        "0",
                        "metrics_upstream_path",
                        "/m"))
                .isEqualTo(new ModeConfig.Http(CAT, URI.create("http://h:1/a"), true, Duration.ZERO, "/m"));
    }

    @Test
    void theSettingsOfStaticModeAreRead() {
        assertThat(mode("mode", "static", "static_path", directory.toString(), "static_spa", "TRUE"))
                .isEqualTo(new ModeConfig.Static(directory, true));
    }

    @Test
    void theSettingsOfInprocModeAreRead() throws Exception {
        Path jar = Files.createFile(directory.resolve("a.jar"));

        assertThat(mode("mode", "inproc")).isEqualTo(new ModeConfig.Inproc("", List.of(), 0, Map.of()));
        assertThat(mode(
                        "mode", "inproc",
                        "handler", "com.example.Outer$Handler",
                        "function_path", jar + "::" + directory,
                        "handler_concurrency", "1",
                        "servlet_init", "a.b = 1=2 \r\n\n c="))
                .isEqualTo(new ModeConfig.Inproc(
                        "com.example.Outer$Handler", List.of(jar, directory), 1, Map.of("a.b", "1=2", "c", "")));
    }

    @Test
    void eachModeHasItsNameAndCallsItsOwnVisitorMethod() {
        for (String name : List.of("streaming", "serializing", "http", "static", "inproc")) {
            ModeConfig mode = mode(
                    "mode", name, "fprocess", "cat", "upstream_url", "http://h", "static_path", directory.toString());

            assertThat(mode.name()).isEqualTo(name);
            assertThat(mode.accept(new NameOfKind())).isEqualTo(name);
        }
    }

    /** Proves specification 1.10. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP", "http ", "fork", "0", "streaming,http"})
    void anUnknownModeIsRefusedWithItsValueAndTheModes(String value) {
        assertThat(Parsed.mistakes(Map.of("mode", value)))
                .containsExactly(
                        "mode=\"%s\" cannot be used: expected one of streaming, serializing, http, static, inproc"
                                .formatted(value));
    }

    /** Proves specification 1.10. */
    @Test
    void modeAfterburnIsRefusedWithTheReason() {
        assertThat(Parsed.mistakes(Map.of("mode", "afterburn")))
                .singleElement()
                .asString()
                .startsWith("mode=\"afterburn\" cannot be used")
                .contains("no longer exists");
    }

    /** Proves specification 1.6. */
    @ParameterizedTest
    @ValueSource(strings = {"streaming", "serializing", "http"})
    void aMissingFprocessIsRefusedInEveryModeThatRunsAProcess(String mode) {
        assertThat(Parsed.mistakes(Map.of("mode", mode, "upstream_url", "http://h", "fprocess", "")))
                .containsExactly(missing("fprocess", mode));
    }

    /** Proves specification 1.6. */
    @Test
    void aMissingUpstreamUrlIsRefusedInHttpMode() {
        assertThat(Parsed.mistakes(Map.of("mode", "http", "function_process", "cat")))
                .containsExactly(missing("http_upstream_url", "http"));
        assertThat(Parsed.mistakes(Map.of("mode", "http")))
                .containsExactly(missing("fprocess", "http"), missing("http_upstream_url", "http"));
    }

    @Test
    void aRequiredSettingWithAWrongValueIsNotReportedAsMissing() {
        assertThat(Parsed.mistakes(Map.of("mode", "http", "fprocess", "it's", "upstream_url", "h")))
                .hasSize(2)
                .noneMatch(line -> line.contains("is not set"));
    }

    /** Proves specification 1.6, 1.25. */
    @Test
    void aStaticPathThatIsNotADirectoryIsRefused() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Path absent = directory.resolve("absent");

        assertThat(Parsed.mistakes(Map.of("mode", "static", "static_path", file.toString())))
                .containsExactly("static_path=\"%s\" cannot be used: expected an existing directory".formatted(file));
        assertThat(Parsed.mistakes(Map.of("mode", "static", "static_path", absent.toString())))
                .containsExactly("static_path=\"%s\" cannot be used: expected an existing directory".formatted(absent));
    }

    /** Proves specification 1.6. */
    @Test
    void aDefaultStaticPathThatIsNotADirectoryIsRefused() {
        Path usual = Path.of("/home/app/public");

        if (Files.isDirectory(usual)) {
            assertThat(mode("mode", "static")).isEqualTo(new ModeConfig.Static(usual, false));
        } else {
            assertThat(Parsed.mistakes(Map.of("mode", "static")))
                    .containsExactly("static_path=\"/home/app/public\" cannot be used: expected an existing directory");
        }
    }

    /** Proves specification 1.6. */
    @Test
    void aFunctionPathThatDoesNotExistIsRefused() {
        Path absent = directory.resolve("absent.jar");

        assertThat(Parsed.mistakes(Map.of("mode", "inproc", "function_path", directory + ":" + absent)))
                .singleElement()
                .asString()
                .startsWith("function_path=\"")
                .endsWith("not " + absent);
    }

    /** Proves specification 1.12, 1.13. */
    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource({
        "http://127.0.0.1:3000, http://127.0.0.1:3000",
        "http://127.0.0.1, http://127.0.0.1:80",
        "http://127.0.0.1:, http://127.0.0.1:80",
        "http://127.0.0.1:3000/, http://127.0.0.1:3000",
        "http://fn.ns.svc:3000/api/v1/, http://fn.ns.svc:3000/api/v1",
        "http://h:1/a%2Fb, http://h:1/a%2Fb",
        "http://h:1/ü, http://h:1/%C3%BC",
        "HTTP://h:65535/A, http://h:65535/A",
        "'http://[::1]:3000', 'http://[::1]:3000'",
        "https://127.0.0.1, https://127.0.0.1:443",
        "HTTPS://fn.ns.svc:8443/api/, https://fn.ns.svc:8443/api",
        "'https://[::1]/', 'https://[::1]:443'",
        "h2c://127.0.0.1:3000/, h2c://127.0.0.1:3000",
        "H2C://h/api, h2c://h:80/api",
    })
    void anUpstreamUrlGetsTheDefaultPortAndLosesItsTrailingSlash(String text, URI expected) {
        assertThat(((ModeConfig.Http) mode("mode", "http", "fprocess", "cat", "http_upstream_url", text)).upstream())
                .isEqualTo(expected);
    }

    /** Proves specification 1.12. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:3000",
                "127.0.0.1:3000",
                "//h:3000",
                "/path",
                "http:",
                "http://",
                "http:///a",
                "http://:3000",
                "http:h:3000",
                "https:h:3000",
                "https://h:0",
                "https://me@h",
                "https://h/?a",
                "h2c:h:3000",
                "h2c://me@h",
                "h2://h:3000",
                "unix:///tmp/s",
                "ftp://h",
                "http://h:3000?a=b",
                "http://h:3000/?",
                "http://h/#top",
                "http://me@h:3000",
                "http://h:0",
                "http://h:65536",
                "http://h:99999999999",
                "http://h:-1",
                "http://h:３０００",
                "http://h:3000/a b",
                " http://h:3000",
                "http://h:3000 ",
            })
    void anUpstreamUrlThatIsNotAPlainHttpHttpsOrH2cUrlIsRefused(String text) {
        assertThat(Parsed.mistakes(Map.of("mode", "http", "fprocess", "cat", "upstream_url", text)))
                .singleElement()
                .asString()
                .startsWith("upstream_url=\"")
                .contains("http://127.0.0.1:3000");
    }

    private static String missing(String name, String mode) {
        String kind = name.equals("fprocess") ? "command" : "URL";
        return "%s is not set: expected a %s, because mode %s needs it".formatted(name, kind, mode);
    }

    private static ModeConfig mode(String... settings) {
        return Parsed.config(settings).mode();
    }

    private static final class NameOfKind implements ModeConfig.Visitor<String> {
        @Override
        public String http(ModeConfig.Http mode) {
            return "http";
        }

        @Override
        public String streaming(ModeConfig.Streaming mode) {
            return "streaming";
        }

        @Override
        public String serializing(ModeConfig.Serializing mode) {
            return "serializing";
        }

        @Override
        public String files(ModeConfig.Static mode) {
            return "static";
        }

        @Override
        public String inproc(ModeConfig.Inproc mode) {
            return "inproc";
        }
    }
}
