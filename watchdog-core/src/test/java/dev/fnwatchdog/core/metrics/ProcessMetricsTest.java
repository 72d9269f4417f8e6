package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessMetricsTest {
    @TempDir
    private Path proc;

    /** Proves specification 2.15. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "a) b (c", "line\nbreak) 7 7"})
    void processorTimeIsUserPlusSystemTimeWhateverTheNameOfTheCommand(String command) throws IOException {
        Files.writeString(
                proc.resolve("stat"),
                "42 (%s) S 1 42 42 0 -1 4194560 1000 0 10 0 1234 66 5 6 20 0 17 0 8000 900000 12000\n"
                        .formatted(command));

        assertThat(text(proc)).contains("process_cpu_seconds_total 13\n");
    }

    /** Proves specification 2.15. */
    @Test
    void residentMemoryIsReportedInBytes() throws IOException {
        Files.writeString(proc.resolve("status"), "Name:\tjava\nVmHWM:\t   99 kB\nVmRSS:\t   61440 kB\nThreads:\t9\n");

        assertThat(text(proc)).contains("process_resident_memory_bytes 6.291456e+07\n");
    }

    /** Proves specification 2.15. */
    @Test
    void openFilesAreCountedWithoutTheOneThatTheCountOpens() throws IOException {
        for (int i = 0; i < 6; i++) {
            Files.createFile(Files.createDirectories(proc.resolve("fd")).resolve(Integer.toString(i)));
        }

        assertThat(text(proc)).contains("process_open_fds 5\n");
    }

    /** Proves specification 2.15. */
    @Test
    void processMetricsThatTheSystemDoesNotProvideAreLeftOut() {
        assertThat(text(proc.resolve("nosuch")))
                .doesNotContain("process_cpu", "process_resident", "process_open", "NaN");
    }

    /** Proves specification 2.15. */
    @Test
    void processMetricsThatCannotBeReadAreLeftOut() throws IOException {
        Files.writeString(proc.resolve("stat"), "42 (java) S 1\n");
        Files.writeString(proc.resolve("status"), "Name:\tjava\n");

        assertThat(text(proc)).doesNotContain("process_cpu", "process_resident");
    }

    /** Proves specification 2.15. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void processMetricsDescribeThisProcess() throws IOException {
        Path self = Path.of("/proc/self");
        double filesBefore = value(text(self), "process_open_fds");
        List<InputStream> opened = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                opened.add(new FileInputStream("/dev/null"));
            }
            String text = text(self);

            assertThat(value(text, "process_open_fds") - filesBefore).isBetween(40.0, 60.0);
            assertThat(value(text, "process_cpu_seconds_total")).isPositive();
            assertThat(value(text, "process_resident_memory_bytes")).isBetween(10e6, 10e9);
            assertThat(Duration.between(
                            Instant.ofEpochMilli((long) (value(text, "process_start_time_seconds") * 1000)),
                            Instant.now()))
                    .isBetween(Duration.ofMillis(-100), Duration.ofHours(1));
        } finally {
            for (InputStream stream : opened) {
                stream.close();
            }
        }
    }

    private static String text(Path proc) {
        return PrometheusText.of(new MetricSnapshots(new ProcessMetrics(proc).snapshots()));
    }

    private static double value(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }
}
