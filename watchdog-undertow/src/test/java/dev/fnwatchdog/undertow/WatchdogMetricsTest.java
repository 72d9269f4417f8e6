package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the metrics for operators as a whole. Proves specification 2.16. */
class WatchdogMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(watchdog_\\w+)` \\| (\\w+) \\| ([^|]*)\\| ([^|]+) \\| ");
    private static final Pattern LABEL = Pattern.compile("`(\\w+)`");

    @TempDir
    private Path folder;

    private RunningWatchdog inMode(String mode, ScriptedFunction function) throws Exception {
        return switch (mode) {
            case "http" -> RunningWatchdog.inFrontOf(function);
            case "static" -> RunningWatchdog.serving(folder);
            case "inproc" -> ScriptedHandler.undertow(exchange -> exchange.setStatusCode(204));
            default -> DevelopedFunction.start(Map.of("mode", mode, "fprocess", "cat", "PATH", "/bin:/usr/bin"));
        };
    }

    /** Returns a line for each family and series that the specification's table has for a mode. */
    private static List<String> specified(String mode) throws Exception {
        List<String> lines = new ArrayList<>();
        for (MatchResult row : ROW.matcher(Files.readString(Path.of("../docs/specification.md")))
                .results()
                .toList()) {
            if (!row.group(4).equals("all")
                    && !List.of(row.group(4).split(", ")).contains(mode)) {
                continue;
            }
            String name = row.group(1);
            lines.add("# TYPE " + name + " " + row.group(2));
            List<String> label = LABEL.matcher(row.group(3))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            if (label.isEmpty()) {
                lines.add(name);
            }
            label.stream().skip(1).forEach(value -> lines.add("%s{%s=\"%s\"}".formatted(name, label.get(0), value)));
        }
        return lines;
    }

    private static List<String> onThePage(RunningWatchdog watchdog) throws Exception {
        return watchdog.metrics()
                .lines()
                .filter(line -> line.startsWith("# TYPE watchdog_") || line.startsWith("watchdog_"))
                .map(line -> line.startsWith("#") ? line : line.substring(0, line.lastIndexOf(' ')))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "streaming", "serializing", "inproc", "static"})
    void thePageHasTheMetricsAndLabelsOfTheSpecificationsTableAndNoOthers(String mode) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = inMode(mode, function)) {
            List<String> specified = specified(mode);

            assertThat(specified).hasSizeGreaterThan(8);
            Polling.until(PATIENCE, () -> onThePage(watchdog).contains("watchdog_ready_seconds"));
            assertThat(onThePage(watchdog)).containsExactlyInAnyOrderElementsOf(specified);
        }
    }

    /** Proves specification 2.16, 7.26. */
    @Test
    void metricsOfTheWatchdogGoOnWhenTheFunctionIsReplaced() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(DevelopedFunction.streaming("sh -c 'exit 3'"))) {
            watchdog.get("/");
            Polling.until(PATIENCE, () -> watchdog.metric("watchdog_function_exits_total{reason=\"failure\"}") == 1);
            List<String> before = onThePage(watchdog);

            DevelopedFunction.replace(watchdog, DevelopedFunction.streaming("sh -c 'exit 0'"));
            watchdog.get("/");

            assertThat(onThePage(watchdog)).containsExactlyElementsOf(before).contains("watchdog_requests_waiting");
            assertThat(watchdog.metric("watchdog_function_starts_total")).isEqualTo(2);
            assertThat(watchdog.metric("watchdog_function_exits_total{reason=\"failure\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void theTimeToReadinessIsOnThePageOnceTheFunctionListens() throws Exception {
        int port = FreePort.any();
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(port)) {
            assertThat(onThePage(watchdog))
                    .contains("watchdog_requests_waiting")
                    .doesNotContain("watchdog_ready_seconds");

            try (ScriptedFunction function = ScriptedFunction.servingOn(port, connection -> connection.readHead())) {
                assertThat(function.port()).isEqualTo(port);
                Polling.until(PATIENCE, () -> onThePage(watchdog).contains("watchdog_ready_seconds"));
                assertThat(watchdog.metric("watchdog_ready_seconds")).isBetween(0.001, 30.0);
            }
        }
    }

    @Test
    void logLinesThatAreDroppedAreCounted() throws Exception {
        LogConfig config = new LogConfig(LogConfig.Format.TEXT, true, -1, false, false, false, false);
        try (PipedOutputStream unread = new PipedOutputStream(new PipedInputStream(1024));
                WatchdogLog log = WatchdogLog.start(config, OutputStream.nullOutputStream(), unread)) {
            while (log.droppedLines() < 10) {
                log.info("a line that nothing reads");
            }
            try (RunningWatchdog watchdog = RunningWatchdog.started(
                    builder -> builder.log(log), "mode", "static", "static_path", folder.toString())) {
                assertThat(watchdog.metric("watchdog_log_lines_dropped_total"))
                        .isGreaterThanOrEqualTo(10)
                        .isEqualTo((double) log.droppedLines());
            }
        }
    }
}
