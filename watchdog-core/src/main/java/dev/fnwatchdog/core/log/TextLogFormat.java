package dev.fnwatchdog.core.log;

/** The watchdog's own lines as of-watchdog prints them (specification 6.1, 6.4). */
final class TextLogFormat implements LogFormat {
    /** How the lines of the format begin and end. */
    interface LineStart {
        /** Writes what precedes the text of an entry. */
        void write(LineBuffer to, Level level);

        /** Returns the character that ends each line of an entry but the last. */
        int lineEndInEntry();
    }

    /** Begins an entry with its time. */
    record Timestamp(LogClock clock) implements LineStart {
        @Override
        public void write(LineBuffer to, Level level) {
            clock.text(to);
            to.oneByte(' ');
        }

        @Override
        public int lineEndInEntry() {
            return '\n';
        }
    }

    private final Escaping escaping = new TextEscaping();
    private final LineStart start;
    private final boolean callId;
    private final boolean traceId;

    TextLogFormat(LineStart start, boolean callId, boolean traceId) {
        this.start = start;
        this.callId = callId;
        this.traceId = traceId;
    }

    @Override
    public void message(LineBuffer to, Level level, String message) {
        start.write(to, level);
        escaping.text(to, message);
        to.oneByte('\n');
    }

    @Override
    public void failure(LineBuffer to, String message, Throwable cause) {
        start.write(to, Level.ERROR);
        escaping.text(to, message);
        for (String line : StackLines.of(cause)) {
            // Each line by itself: the newlines in an exception's message may come from a client.
            to.oneByte(start.lineEndInEntry());
            escaping.text(to, line);
        }
        to.oneByte('\n');
    }

    @Override
    public void request(LineBuffer to, AccessLogEntry entry) {
        start.write(to, Level.INFO);
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
            bracketed(to, entry.callId());
        }
        if (traceId) {
            bracketed(to, entry.caller().traceId());
        }
    }

    private void bracketed(LineBuffer to, String id) {
        to.ascii(" [");
        escaping.wire(to, id.isEmpty() ? "none" : id);
        to.oneByte(']');
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
}
