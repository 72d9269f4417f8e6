package dev.fnwatchdog.maven.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.WatchdogConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartArgumentsTest {
    @TempDir
    Path folder;

    @Test
    void withAFunctionProcessTheHeapIsAtMostAQuarterOfTheMemory() {
        WatchdogConfig config = WatchdogConfig.parse(Map.of("fprocess", "cat"));

        assertThat(StartArguments.options(config.mode(), List.of()))
                .contains("-XX:MaxRAMPercentage=25", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
                .contains("-XX:MaxNewSize=12m", "-Djdk.reflect.useNativeAccessorOnly=true");
    }

    @Test
    void withAnInprocFunctionTheHeapIsAtMost60PercentOfTheMemory() {
        WatchdogConfig config = WatchdogConfig.parse(Map.of("mode", "inproc", "handler", "hello.Hello"));

        assertThat(StartArguments.options(config.mode(), List.of()))
                .contains("-XX:MaxRAMPercentage=60")
                .as("what suits the watchdog may not suit the function")
                .doesNotContain("-XX:MaxNewSize=12m", "-Djdk.reflect.useNativeAccessorOnly=true");
    }

    @Test
    void theJvmOptionsOfAnImageAreThoseThatTheBenchmarksMeasure() throws Exception {
        WatchdogConfig config = WatchdogConfig.parse(Map.of("fprocess", "cat"));
        String benchmarks = Files.readString(Path.of("../bench/measure.py"));
        String measured = benchmarks
                .replaceAll("(?s).*IMAGE_OPTIONS = \\((.*?)\\).*", "$1")
                .replaceAll("[\\s\"]+", " ");

        assertThat(measured.trim().split(" "))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                StartArguments.options(config.mode(), List.of()).stream()
                                        .filter(option -> !option.contains("RAMPercentage")),
                                Stream.of("-Xmx64m"))
                        .toList());
    }

    /** Proves specification 11.3. */
    @Test
    void theJvmOptionsOfTheWatchdogsOwnImageAreThoseOfAnImageWithAFunctionProcess() throws Exception {
        WatchdogConfig config = WatchdogConfig.parse(Map.of("fprocess", "cat"));

        assertThat(Files.readAllLines(Path.of("../docker/jvm-options")))
                .containsExactlyElementsOf(StartArguments.options(config.mode(), List.of()));
    }

    @Test
    void theJvmOptionsOfTheProjectFollowThoseOfTheImage() {
        WatchdogConfig config = WatchdogConfig.parse(Map.of("fprocess", "cat"));

        assertThat(StartArguments.options(config.mode(), List.of("-Xmx1g"))).endsWith("-Xmx1g");
    }

    @Test
    void javaReadsTheOptionsInTheStartFileAsTheyWereGiven() throws Exception {
        List<String> options = List.of("-Da=two words", "-Db=\"x\\y'#\"", "-Dc=#");
        Path file = folder.resolve("start");
        StartArguments.write(options, file);
        Path settings = folder.resolve("settings");
        Files.writeString(settings, Files.readString(file).replaceAll("(?s)-jar.*", ""));

        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "@" + settings,
                        "-XshowSettings:properties",
                        "-version")
                .redirectErrorStream(true)
                .start();

        assertThat(new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("    a = two words\n", "    b = \"x\\y'#\"\n", "    c = #\n");
    }
}
