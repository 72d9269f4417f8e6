package dev.fnwatchdog.core.log;

/** The watchdog's own lines as JSON objects, one a line. */
final class JsonLogFormat implements LogFormat {
    private final Escaping escaping = new JsonEscaping();
    private final LogClock clock;

    JsonLogFormat(LogClock clock) {
        this.clock = clock;
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
    public void request(LineBuffer to, AccessLogEntry call) {
        begin(to, Level.INFO);
        to.ascii(call.accessDenied() ? "access denied" : "call").ascii("\",\"method\":\"");
        escaping.wire(to, call.method());
        to.ascii("\",\"path\":\"");
        escaping.wire(to, call.shownTarget());
        to.ascii("\",\"status\":").number(call.status()).ascii(",\"bytes\":").number(call.bytesSent());
        long micros = (call.nanos() + 500) / 1000;
        to.ascii(",\"duration_seconds\":")
                .number(micros / 1_000_000)
                .oneByte('.')
                .padded(micros % 1_000_000, 6);
        to.ascii(",\"call_id\":\"");
        escaping.wire(to, call.callId());
        to.ascii("\"}\n");
    }

    private void begin(LineBuffer to, Level level) {
        to.ascii("{\"time\":\"");
        clock.rfc3339(to);
        to.ascii("\",\"level\":\"").ascii(level.label).ascii("\",\"msg\":\"");
    }
}
