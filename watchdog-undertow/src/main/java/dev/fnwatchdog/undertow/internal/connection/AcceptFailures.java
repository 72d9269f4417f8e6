package dev.fnwatchdog.undertow.internal.connection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Logs that connections cannot be accepted, mostly because the process has no file descriptors left (specification
 * 7.25): one line at the first failure, then at most one a minute.
 *
 * <p>Threads: the acceptor's.
 */
final class AcceptFailures {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("^Max open files +(\\w+)", Pattern.MULTILINE);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private final int port;
    private final Consumer<String> log;
    private final String limit = openFilesLimit();

    // Mutable state
    private long lastNanos = System.nanoTime() - LOG_INTERVAL.toNanos();

    /** Reads the limit of open files now, because its file cannot be opened once the limit is reached. */
    AcceptFailures(int port, Consumer<String> log) {
        this.port = port;
        this.log = log;
    }

    private static String openFilesLimit() {
        try {
            Matcher limit = OPEN_FILES.matcher(Files.readString(LIMITS, StandardCharsets.ISO_8859_1));
            return limit.find() ? limit.group(1) : "unknown";
        } catch (IOException notLinux) {
            return "unknown";
        }
    }

    void report(IOException failure) {
        long now = System.nanoTime();
        if (now - lastNanos >= LOG_INTERVAL.toNanos()) {
            lastNanos = now;
            log.accept("Cannot accept connections on port %d: %s (ulimit -n: %s)"
                    .formatted(port, failure.getMessage(), limit));
        }
    }
}
