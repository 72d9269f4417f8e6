package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.LogReceiver.Level;

/** The watchdog's own lines as JSON objects, one per line (specification 6.9). */
final class JsonLogFormat implements LogFormat {
    private final Escaping escaping = new JsonEscaping();
    private final LogClock clock;
    private final LogConfig config;

    JsonLogFormat(LogClock clock, LogConfig config) {
        this.clock = clock;
        this.config = config;
    }

    @Override
    public boolean describesCallers() {
        return true;
    }

    @Override
    public FunctionLogFormat function(LogReceiver.Output stream) {
        return config.prefix()
                ? new FunctionLogFormat.Json(clock, stream)
                : new FunctionLogFormat.Bare(config.bufferSize());
    }

    @Override
    public void message(LineBuffer to, Level level, String message) {
        begin(to, level);
        escaping.text(to, message);
        to.ascii("\"}\n");
    }

    @Override
    public void failure(LineBuffer to, String message, Throwable cause) {
        begin(to, Level.ERROR);
        escaping.text(to, message);
        to.ascii("\",\"stack\":\"");
        escaping.text(to, String.join("\n", StackLines.of(cause)));
        to.ascii("\"}\n");
    }

    @Override
    public void request(LineBuffer to, AccessLogEntry entry) {
        begin(to, Level.INFO);
        to.ascii(entry.accessDenied() ? "access denied" : "call").ascii("\",\"method\":\"");
        escaping.wire(to, entry.method());
        to.ascii("\",\"path\":\"");
        escaping.wire(to, entry.shownTarget());
        to.ascii("\",\"status\":").number(entry.status()).ascii(",\"bytes\":").number(entry.bytesSent());
        long micros = (entry.nanos() + 500) / 1000;
        to.ascii(",\"duration_seconds\":")
                .number(micros / 1_000_000)
                .oneByte('.')
                .padded(micros % 1_000_000, 6);
        to.ascii(",\"call_id\":\"");
        escaping.wire(to, entry.callId());
        AccessLogEntry.Caller caller = entry.caller();
        field(to, "trace_id", caller.traceId());
        field(to, "span_id", caller.spanId());
        field(to, "user_agent", caller.userAgent());
        field(to, "remote_addr", caller.address());
        to.ascii("\"}\n");
    }

    /** Writes a field after another one, whose quote is still to be closed; nothing where there is no value. */
    private void field(LineBuffer to, String name, String value) {
        if (!value.isEmpty()) {
            to.ascii("\",\"").ascii(name).ascii("\":\"");
            escaping.wire(to, value);
        }
    }

    private void begin(LineBuffer to, Level level) {
        to.ascii("{\"time\":\"");
        clock.rfc3339(to);
        to.ascii(level(level)).ascii("\",\"msg\":\"");
    }

    /** Returns the level, and the severity by the names of Google Cloud's logging (specification 6.12). */
    private static String level(Level level) {
        return switch (level) {
            case INFO -> "\",\"level\":\"info\",\"severity\":\"INFO";
            case WARN -> "\",\"level\":\"warn\",\"severity\":\"WARNING";
            case ERROR -> "\",\"level\":\"error\",\"severity\":\"ERROR";
        };
    }
}
