package dev.fnwatchdog.core.log;

/** The watchdog's own lines as of-watchdog prints them. */
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
            // Each by itself: the newlines of an exception's message may be a client's.
            escaping.text(to, line);
            to.oneByte('\n');
        }
    }

    @Override
    public void request(LineBuffer to, AccessLogEntry call) {
        begin(to);
        escaping.wire(to, call.method());
        to.oneByte(' ');
        escaping.wire(to, call.shownTarget());
        to.ascii(" - ").number(call.status());
        if (call.accessDenied()) {
            to.ascii(" ACCESS DENIED - (");
            goDuration(to, (call.nanos() + 500_000) / 1_000_000);
            to.oneByte(')');
        } else {
            outcome(to, call);
        }
        to.oneByte('\n');
    }

    private void outcome(LineBuffer to, AccessLogEntry call) {
        if (!call.reason().isEmpty()) {
            to.oneByte(' ');
            escaping.wire(to, call.reason());
        }
        to.ascii(" - ContentLength: ");
        HumanSize.append(to, call.contentLength());
        long seconds = (call.nanos() + 50_000) / 100_000;
        to.ascii(" (")
                .number(seconds / 10_000)
                .oneByte('.')
                .padded(seconds % 10_000, 4)
                .ascii("s)");
        if (callId) {
            to.ascii(" [");
            escaping.wire(to, call.callId().isEmpty() ? "none" : call.callId());
            to.oneByte(']');
        }
    }

    /** As Go prints a duration that was rounded to milliseconds: {@code 0s}, {@code 2ms}, {@code 1m1.5s}. */
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
