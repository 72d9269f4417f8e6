package dev.fnwatchdog.core.log;

/** The watchdog's own lines as of-watchdog prints them (specification 6.1, 6.4). */
final class TextLogFormat implements LogFormat {
    private final Escaping escaping = new TextEscaping();
    private final LogClock clock;
    private final boolean callId;

    TextLogFormat(LogClock clock, boolean callId) {
        this.clock = clock;
        this.callId = callId;
    }

    @Override
    public void message(LineBuffer to, Level level, String message) {
        begin(to);
        escaping.text(to, message);
        to.oneByte('\n');
    }

    @Override
    public void failure(LineBuffer to, String message, Throwable cause) {
        message(to, Level.ERROR, message);
        for (String line : StackLines.of(cause)) {
            // Each line by itself: the newlines in an exception's message may come from a client.
            escaping.text(to, line);
            to.oneByte('\n');
        }
    }

    @Override
    public void request(LineBuffer to, AccessLogEntry entry) {
        begin(to);
        escaping.wire(to, entry.method());
        to.oneByte(' ');
        escaping.wire(to, entry.shownTarget());
        to.ascii(" - ").number(entry.status());
        if (entry.accessDenied()) {
            to.ascii(" ACCESS DENIED - (");
            goDuration(to, (entry.nanos() + 500_000) / 1_000_000);
            to.oneByte(')');
        } else {
            outcome(to, entry);
        }
        to.oneByte('\n');
    }

    private void outcome(LineBuffer to, AccessLogEntry entry) {
        if (!entry.reason().isEmpty()) {
            to.oneByte(' ');
            escaping.wire(to, entry.reason());
        }
        to.ascii(" - ContentLength: ");
        HumanSize.append(to, entry.contentLength());
        long seconds = (entry.nanos() + 50_000) / 100_000;
        to.ascii(" (")
                .number(seconds / 10_000)
                .oneByte('.')
                .padded(seconds % 10_000, 4)
                .ascii("s)");
        if (callId) {
            to.ascii(" [");
            escaping.wire(to, entry.callId().isEmpty() ? "none" : entry.callId());
            to.oneByte(']');
        }
    }

    /** Writes a duration in milliseconds as Go prints it: {@code 0s}, {@code 2ms}, {@code 1m1.5s}. */
    private static void goDuration(LineBuffer to, long millis) {
        if (millis < 1000) {
            to.number(millis).ascii(millis == 0 ? "s" : "ms");
            return;
        }
        long seconds = millis / 1000;
        if (seconds >= 3600) {
            to.number(seconds / 3600).oneByte('h');
        }
        if (seconds >= 60) {
            to.number(seconds / 60 % 60).oneByte('m');
        }
        to.number(seconds % 60);
        long fraction = millis % 1000;
        if (fraction != 0) {
            int digits = fraction % 100 == 0 ? 1 : fraction % 10 == 0 ? 2 : 3;
            to.oneByte('.').padded(digits == 1 ? fraction / 100 : digits == 2 ? fraction / 10 : fraction, digits);
        }
        to.oneByte('s');
    }

    private void begin(LineBuffer to) {
        clock.text(to);
        to.oneByte(' ');
    }
}
