package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.LogReceiver.Level;
import java.time.Duration;

/** The watchdog's own lines as of-watchdog prints them (specification 6.1, 6.4). */
final class TextLogFormat implements LogFormat {
    /** What depends on where the lines go: how they begin and end. */
    interface LineStart {
        /** Writes what precedes the text of an entry. */
        void write(LineBuffer to, Level level);

        /** Returns the character that ends each line of an entry but the last. */
        int lineEndInEntry();

        /** Returns the format of the lines of one of the function's streams. */
        FunctionLogFormat function(LogReceiver.Output stream, LogConfig config);
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

        @Override
        public FunctionLogFormat function(LogReceiver.Output stream, LogConfig config) {
            return config.prefix()
                    ? new FunctionLogFormat.Text(clock, stream, config.bufferSize())
                    : new FunctionLogFormat.Bare(config.bufferSize());
        }
    }

    private final Escaping escaping = new TextEscaping();
    private final LineStart start;
    private final LogConfig config;

    TextLogFormat(LineStart start, LogConfig config) {
        this.start = start;
        this.config = config;
    }

    @Override
    public boolean describesCallers() {
        return config.traceId();
    }

    @Override
    public FunctionLogFormat function(LogReceiver.Output stream) {
        return start.function(stream, config);
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
            Duration rounded = Duration.ofMillis((entry.nanos() + 500_000) / 1_000_000);
            to.ascii(" ACCESS DENIED - (").ascii(GoDuration.format(rounded)).oneByte(')');
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
        if (config.callId()) {
            bracketed(to, entry.callId());
        }
        if (config.traceId()) {
            bracketed(to, entry.caller().traceId());
        }
    }

    private void bracketed(LineBuffer to, String id) {
        to.ascii(" [");
        escaping.wire(to, id.isEmpty() ? "none" : id);
        to.oneByte(']');
    }
}
