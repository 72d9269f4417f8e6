package dev.fnwatchdog.undertow.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FunctionScheme;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog.Finished;
import dev.fnwatchdog.undertow.fixture.SchemeFunction;
import dev.fnwatchdog.undertow.fixture.TlsCertificate;
import dev.fnwatchdog.undertow.fixture.TokenIssuer;
import dev.fnwatchdog.undertow.fixture.WatchdogRuntime;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs what the watchdog's image contains, without a container: the script and the Java that it brings. */
@Timeout(120)
class WatchdogRuntimeIT {
    @TempDir
    private static Path folder;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static WatchdogRuntime runtime;

    @BeforeAll
    @Timeout(300)
    static void build() throws Exception {
        runtime = WatchdogRuntime.build(folder.resolve("usr/lib/watchdog"));
    }

    private static PackagedWatchdog.Builder watchdog(String... settings) {
        return PackagedWatchdog.with("port", "0", "metrics_port", "0", "healthcheck_interval", "0")
                .set(settings)
                .program(runtime.fwatchdog());
    }

    /** Proves specification 11.4. */
    @Test
    void theJavaHasEachModuleThatTheCodeOfTheJarRefersTo() throws Exception {
        String required = printed(
                Path.of(System.getProperty("java.home"), "bin", "jdeps").toString(),
                "--ignore-missing-deps",
                "--multi-release",
                "17",
                "--print-module-deps",
                runtime.jar().toString());
        List<String> present = printed(runtime.java().toString(), "--list-modules")
                .lines()
                .map(line -> line.replaceAll("@.*", ""))
                .toList();

        assertThat(present).containsAll(Arrays.asList(required.strip().split(",", -1)));
    }

    /** Proves specification 11.4. */
    @ParameterizedTest
    @EnumSource
    void requestsAreForwardedByEachScheme(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function =
                        SchemeFunction.serving(scheme, request -> request.respond(200, request.read(3)));
                PackagedWatchdog watchdog = watchdog("mode", "http", "fprocess", "sleep 600")
                        .set("http_upstream_url", function.url(), "http_buffer_req_body", "true")
                        .set("SSL_CERT_FILE", TlsCertificate.authority().toString(), "log_format", "json")
                        .startReady()) {
            assertThat(watchdog.send(watchdog.request("/").POST(BodyPublishers.ofString("Ada")))
                            .body())
                    .isEqualTo("Ada");
            assertThat(watchdog.awaitLine("\"status\":200")).startsWith("{");
        }
    }

    /** Proves specification 11.4. */
    @ParameterizedTest
    @CsvSource({"streaming, ''", "serializing, ''", "streaming, 'Status: 200 OK\\n\\n'"})
    void aProcessServesEachRequest(String mode, String head) throws Exception {
        String script = "printf '" + head + "' && cat";
        try (PackagedWatchdog watchdog = watchdog("mode", mode, "fprocess", "sh -c \"" + script + "\"")
                .set("cgi_response", Boolean.toString(!head.isEmpty()))
                .startReady()) {
            assertThat(watchdog.send(watchdog.request("/").POST(BodyPublishers.ofString("Ada")))
                            .body())
                    .isEqualTo("Ada");
        }
    }

    /** Proves specification 11.4. */
    @Test
    void filesAndMetricsAreServed(@TempDir Path files) throws Exception {
        Files.writeString(files.resolve("index.html"), "hello");
        try (PackagedWatchdog watchdog =
                watchdog("mode", "static", "static_path", files.toString()).startReady()) {
            assertThat(watchdog.get("/").body()).isEqualTo("hello");
            watchdog.setPort(watchdog.metricsPort());
            assertThat(watchdog.get("/metrics").body())
                    .contains("http_requests_total{code=\"200\",method=\"get\"} 1")
                    .contains("process_open_fds ")
                    .contains("jvm_memory_used_bytes{area=\"heap\"}")
                    .contains("jvm_gc_collection_seconds_count");
        }
    }

    /** Proves specification 11.4. */
    @Test
    void tokensOfEachKindOfKeyAreChecked() throws Exception {
        try (TokenIssuer issuer = TokenIssuer.start();
                PackagedWatchdog watchdog = watchdog("mode", "streaming", "fprocess", "echo hello")
                        .set(issuer.settings())
                        .startReady()) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(401);
            for (String token : List.of(issuer.token(), issuer.ellipticToken(), issuer.rsaToken())) {
                assertThat(watchdog.send(watchdog.request("/").header("Authorization", "Bearer " + token))
                                .body())
                        .isEqualTo("hello\n");
            }
        }
    }

    /** Proves specification 11.2. */
    @Test
    void signalsAndExitStatusAreTheWatchdogsOwn() throws Exception {
        try (PackagedWatchdog watchdog = watchdog("fprocess", "cat").startReady()) {
            watchdog.signal("TERM");

            assertThat(watchdog.awaitExit()).isZero();
        }
        Finished refused = watchdog("mode", "nonsense").run();
        assertThat(refused.status()).isOne();
        assertThat(refused.err()).anyMatch(line -> line.contains("mode=\"nonsense\""));
    }

    /** Proves specification 11.2. */
    @ParameterizedTest
    @ValueSource(strings = {"--version", "--help"})
    void argumentsReachTheWatchdog(String argument) throws Exception {
        Finished run = watchdog().run(argument);

        assertThat(run.status()).isZero();
        assertThat(run.out()).isNotEmpty();
        assertThat(run.err()).isEmpty();
    }

    /** Proves specification 11.3. */
    @Test
    void theJvmHasTheOptionsOfTheImageAndThoseOfItsEnvironment() throws Exception {
        Finished run = watchdog("JDK_JAVA_OPTIONS", "-XX:+PrintFlagsFinal").run("--version");

        assertThat(String.join("\n", run.out()))
                .containsPattern(" MaxRAMPercentage += 25\\.0+ ")
                .containsPattern(" ExitOnOutOfMemoryError += true ");
    }

    /** Proves specification 11.5. */
    @Test
    void withoutTheProgramInterpreterOfTheJavaOneLineNamesIt() throws Exception {
        Path copy = Files.copy(runtime.fwatchdog(), folder.resolve("fwatchdog"));
        String script = Files.readString(copy);
        String interpreter = script.replaceAll("(?s).*if \\[ ! -e \"([^\"]+)\" \\].*", "$1");
        assertThat(Path.of(interpreter)).exists();
        Files.writeString(copy, script.replace(interpreter, "/lib/ld-of-another-system.so.1"));

        Finished run = watchdog().program(copy).run();

        assertThat(run.status()).isOne();
        assertThat(run.err()).singleElement().asString().contains("/lib/ld-of-another-system.so.1");
    }

    /** Proves specification 11.6. */
    @Test
    void classesComeFromTheArchive() throws Exception {
        assertThat(sourceOfMain()).contains("shared objects file");
    }

    /** Proves specification 11.6. */
    @Test
    @EnabledForJreRange(
            max = JRE.JAVA_24,
            disabledReason = "the JVM of Java 25 does not compare the jar with the archive")
    void anArchiveThatDoesNotMatchTheJarIsIgnored() throws Exception {
        FileTime built = Files.getLastModifiedTime(runtime.jar());
        try {
            Files.setLastModifiedTime(runtime.jar(), FileTime.fromMillis(built.toMillis() + 60_000));

            assertThat(sourceOfMain()).doesNotContain("shared objects file");
        } finally {
            Files.setLastModifiedTime(runtime.jar(), built);
        }
    }

    private static String sourceOfMain() throws Exception {
        Finished run = watchdog("JDK_JAVA_OPTIONS", "-Xlog:class+load").run("--version");
        assertThat(run.status()).isZero();
        return run.out().stream()
                .filter(line -> line.contains("dev.fnwatchdog.undertow.Main source:"))
                .findFirst()
                .orElseThrow();
    }

    /** Proves specification 11.7. */
    @Test
    void allFilesHaveTheSameTimeAndCanBeReadByEveryUser() throws Exception {
        try (Stream<Path> files = Files.walk(runtime.home())) {
            assertThat(files.filter(file -> !Files.isSymbolicLink(file))).allSatisfy(file -> {
                assertThat(Files.getLastModifiedTime(file)).hasToString("1980-01-01T00:00:00Z");
                assertThat(Files.getPosixFilePermissions(file).toString())
                        .contains("GROUP_READ", "OTHERS_READ")
                        .doesNotContain("GROUP_WRITE", "OTHERS_WRITE");
            });
        }
    }

    /** Proves specification 11.7. */
    @Test
    @Tag("nightly")
    @Timeout(300)
    void twoBuildsDifferInTheirArchivesAlone(@TempDir Path place) throws Exception {
        Path home = place.resolve("watchdog");
        WatchdogRuntime.build(home);
        Path first = Files.move(home, place.resolve("first"));
        WatchdogRuntime.build(home);

        try (Stream<Path> files = Files.walk(first)) {
            List<Path> compared = files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().matches(".*\\.(jsa|aot)"))
                    .toList();
            assertThat(compared)
                    .hasSizeGreaterThan(20)
                    .allSatisfy(file -> assertThat(
                                    home.resolve(first.relativize(file).toString()))
                            .hasSameBinaryContentAs(file));
        }
    }

    private static String printed(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
