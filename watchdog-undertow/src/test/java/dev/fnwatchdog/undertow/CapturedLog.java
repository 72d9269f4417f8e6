package dev.fnwatchdog.undertow;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** What a watchdog prints, kept for the test to look at. Threads: any. */
final class CapturedLog {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    OutputStream output() {
        return output;
    }

    OutputStream errors() {
        return errors;
    }

    /** The lines on standard error so far, the watchdog's own and the function's. */
    List<String> lines() {
        return errors.toString(StandardCharsets.UTF_8).lines().toList();
    }

    boolean holds(String text) {
        return lines().stream().anyMatch(line -> line.contains(text));
    }

    /** Waits for a line that holds {@code text}, and returns it. */
    String awaitLine(String text) {
        Poll.until(PATIENCE, () -> holds(text));
        return lines().stream().filter(line -> line.contains(text)).findFirst().orElseThrow();
    }
}
