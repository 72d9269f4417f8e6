package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.LogConfig;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.TimeZone;

/** A log whose clock stands still at 2006-01-02 15:04:05.678 UTC, and the text that it has printed. */
final class RecordingLog implements AutoCloseable {
    static final String TIME = "2006/01/02 15:04:05 ";
    static final String JSON_TIME = "{\"time\":\"2006-01-02T15:04:05.678Z\",";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final WatchdogLog log;

    RecordingLog(LogConfig config) {
        log = start(config, out, err);
    }

    /** Starts a log that waits up to ten minutes for its reader: on a busy machine no line is lost either. */
    static WatchdogLog start(LogConfig config, OutputStream out, OutputStream err) {
        return WatchdogLog.start(config, stoppedClock(), Duration.ofMinutes(10), out, err);
    }

    private static LogClock stoppedClock() {
        long now = Instant.parse("2006-01-02T15:04:05.678Z").toEpochMilli();
        return new LogClock(() -> now, TimeZone.getTimeZone("UTC"));
    }

    static RecordingLog text() {
        return new RecordingLog(config(LogConfig.Format.TEXT, true, 65536));
    }

    static RecordingLog json() {
        return new RecordingLog(config(LogConfig.Format.JSON, true, 65536));
    }

    static LogConfig config(LogConfig.Format format, boolean prefix, int bufferSize) {
        return new LogConfig(format, prefix, bufferSize, false, false, false, false);
    }

    WatchdogLog log() {
        return log;
    }

    String standardOutput() {
        close();
        return out.toString(StandardCharsets.UTF_8);
    }

    String standardError() {
        close();
        return err.toString(StandardCharsets.UTF_8);
    }

    byte[] standardOutputBytes() {
        close();
        return out.toByteArray();
    }

    @Override
    public void close() {
        log.close();
    }
}
