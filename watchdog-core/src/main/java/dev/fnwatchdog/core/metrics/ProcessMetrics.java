package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Metrics of the watchdog's own process on Linux, under the names that all Prometheus clients use (specification 2.15).
 * What the system does not provide is left out.
 */
final class ProcessMetrics {
    /** The unit in which Linux reports CPU time to programs, independent of the kernel's own tick. */
    private static final double TICKS_PER_SECOND = 100;

    /** The part of {@code stat} (proc(5)) behind the command's last bracket: utime and stime are fields 14 and 15. */
    private static final Pattern TICKS = Pattern.compile(".*\\) \\S(?: \\S+){10} (\\d+) (\\d+) .*", Pattern.DOTALL);

    private static final Pattern RESIDENT_KIB = Pattern.compile("^VmRSS:\\s*(\\d+) kB$", Pattern.MULTILINE);

    /** Read once: it never changes, and the JDK looks up the process's user along with it. */
    private static final OptionalDouble START_SECONDS = startSeconds();

    private final Path proc;

    /** Creates metrics of the process whose folder under {@code /proc} is {@code proc}. */
    ProcessMetrics(Path proc) {
        this.proc = proc;
    }

    List<MetricSnapshot> snapshots() {
        List<MetricSnapshot> found = new ArrayList<>();
        cpuSeconds()
                .ifPresent(seconds -> found.add(MetricsRegistry.counterOf(
                        "process_cpu_seconds_total", "CPU time spent, user and system, in seconds", seconds)));
        openFiles()
                .ifPresent(count ->
                        found.add(MetricsRegistry.gaugeOf("process_open_fds", "open file descriptors", count)));
        residentBytes()
                .ifPresent(bytes -> found.add(
                        MetricsRegistry.gaugeOf("process_resident_memory_bytes", "resident memory in bytes", bytes)));
        START_SECONDS.ifPresent(seconds -> found.add(MetricsRegistry.gaugeOf(
                "process_start_time_seconds", "start of the process, in seconds since 1970", seconds)));
        return found;
    }

    private OptionalDouble cpuSeconds() {
        Matcher stat = TICKS.matcher(read("stat"));
        return stat.matches()
                ? OptionalDouble.of((Long.parseLong(stat.group(1)) + Long.parseLong(stat.group(2))) / TICKS_PER_SECOND)
                : OptionalDouble.empty();
    }

    private OptionalDouble residentBytes() {
        Matcher status = RESIDENT_KIB.matcher(read("status"));
        return status.find() ? OptionalDouble.of(Long.parseLong(status.group(1)) * 1024.0) : OptionalDouble.empty();
    }

    private OptionalDouble openFiles() {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve("fd"))) {
            // The folder itself is open while it is read.
            int count = -1;
            for (Path ignored : descriptors) {
                count++;
            }
            return OptionalDouble.of(count);
        } catch (IOException | DirectoryIteratorException unavailable) {
            return OptionalDouble.empty();
        }
    }

    private static OptionalDouble startSeconds() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(Instant::toEpochMilli)
                .map(millis -> OptionalDouble.of(millis / 1000.0))
                .orElse(OptionalDouble.empty());
    }

    private String read(String file) {
        try {
            // One char per byte: a command's name may contain any bytes.
            return Files.readString(proc.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException unavailable) {
            return "";
        }
    }
}
