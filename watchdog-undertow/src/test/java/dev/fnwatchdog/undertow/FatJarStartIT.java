package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks what the packaged fat jar prints and which classes it loads at startup. Proves specification 1.21, 6.1, 6.3.
 */
class FatJarStartIT {
    private static final Pattern LISTENING = Pattern.compile("(?<!Metrics )(?i:listening on port): (\\d+)");

    @TempDir
    private Path folder;

    /** Proves specification 6.1, 6.3. */
    @Test
    void theJvmAndTheLibrariesPrintNothing() throws Exception {
        Path printed = folder.resolve("printed");
        Process watchdog = start(printed, Map.of("mode", "http", "startup_wait", "0"));
        try {
            assertThat(get(port(watchdog, printed), "/").statusCode()).isEqualTo(500);
        } finally {
            stop(watchdog);
        }

        assertThat(Files.readAllLines(printed))
                .isNotEmpty()
                .allMatch(line -> line.matches("\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d .*"))
                .noneMatch(line -> line.contains("WARN") || line.contains("XNIO") || line.contains("undertow"));
    }

    @Test
    void startupLoadsNoManagementTablesLocaleTablesOrRecordMethodCode() throws Exception {
        assertThat(loadedForHealth(Map.of("mode", "http")))
                .contains("dev.fnwatchdog.undertow.Main ")
                .doesNotContain(
                        "javax.management.openmbean.",
                        "java.text.SimpleDateFormat ",
                        "java.lang.runtime.ObjectMethods ");
    }

    @Test
    void startupInStaticModeLoadsNoClassesThatStartProcesses() throws Exception {
        assertThat(loadedForHealth(Map.of("mode", "static", "static_path", folder.toString())))
                .contains("dev.fnwatchdog.undertow.Main ")
                .doesNotContain("dev.fnwatchdog.core.process.launch.NativeLauncher ", "java.lang.foreign.Linker ");
    }

    /** Each class costs about a seventh of a millisecond of the startup, and each lambda a quarter (docs/performance-budget.md). */
    @Test
    void startupLoadsNoMoreClassesThanItsBudgetAllows() throws Exception {
        List<String> http = loadedForHealth(Map.of("mode", "http")).lines().toList();
        List<String> files = loadedForHealth(Map.of("mode", "static", "static_path", folder.toString()))
                .lines()
                .toList();

        assertThat(http).filteredOn(FatJarStartIT::isOfJar).hasSizeBetween(400, 690);
        assertThat(files).filteredOn(FatJarStartIT::isOfJar).hasSizeBetween(400, 595);
        assertThat(http).filteredOn(FatJarStartIT::isLambda).hasSizeBetween(50, 105);
        assertThat(files).filteredOn(FatJarStartIT::isLambda).hasSizeBetween(40, 72);
    }

    private static boolean isOfJar(String line) {
        return line.contains("watchdog.jar");
    }

    private static boolean isLambda(String line) {
        return line.contains("dev.fnwatchdog.") && line.contains("$$Lambda");
    }

    /** Returns the names of all classes that are loaded for the startup and one response. */
    private String loadedForHealth(Map<String, String> settings) throws Exception {
        Path printed = folder.resolve("printed");
        Path loaded = folder.resolve("loaded");
        Process watchdog = start(printed, settings, "-Xlog:class+load:file=" + loaded);
        try {
            HttpResponse<String> response = get(port(watchdog, printed), "/_/health");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Date")).isPresent();
            return Files.readString(loaded);
        } finally {
            stop(watchdog);
        }
    }

    /** Proves specification 1.21. */
    @Test
    void theVersionOptionPrintsTheVersionAndNoWarning() throws Exception {
        Path printed = folder.resolve("printed");
        Process watchdog = java(printed, List.of(), "--version").start();

        assertThat(watchdog.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(printed))
                .containsPattern("\\d+\\.\\d+\\.\\d+")
                .doesNotContain("WARN");
    }

    private Process start(Path printed, Map<String, String> settings, String... options) throws IOException {
        ProcessBuilder watchdog = java(printed, List.of(options));
        watchdog.environment().putAll(settings);
        watchdog.environment()
                .putAll(Map.of(
                        "fprocess", "sleep 60",
                        // Nothing listens on this port: the libraries log most about a request that fails.
                        "http_upstream_url", "http://127.0.0.1:1",
                        "port", "0",
                        "metrics_port", "0",
                        "healthcheck_interval", "0",
                        "TMPDIR", folder.toString()));
        return watchdog.start();
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void stop(Process watchdog) throws InterruptedException {
        watchdog.destroy();
        if (!watchdog.waitFor(10, TimeUnit.SECONDS)) {
            watchdog.destroyForcibly().waitFor();
        }
    }

    private static ProcessBuilder java(Path printed, List<String> options, String... arguments) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(options);
        command.addAll(List.of("-jar", System.getProperty("watchdog.jar")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
    }

    private static int port(Process watchdog, Path printed) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (watchdog.isAlive() && System.nanoTime() < deadline) {
            Matcher listening = LISTENING.matcher(Files.readString(printed));
            if (listening.find()) {
                return Integer.parseInt(listening.group(1));
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        throw new AssertionError("Does not listen:\n" + Files.readString(printed));
    }
}
