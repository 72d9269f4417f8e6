package dev.fnwatchdog.core.log;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The format of the lines of one of the function's streams (specification 6.10, 6.13). */
interface FunctionLogFormat {
    /** Writes what precedes a line. */
    void begin(LineBuffer to);

    /** Writes a line or a part of one, including its carriage return if it had one. */
    void text(LineBuffer to, byte[] bytes, int offset, int length);

    /** Returns what ends a line, including the newline. */
    byte[] end();

    /** Returns what ends a line whose rest is missing. */
    byte[] cutEnd();

    /** Returns the length of the text in a whole line. */
    default int textLength(byte[] bytes, int offset, int length) {
        return length > 0 && bytes[offset + length - 1] == '\r' ? length - 1 : length;
    }

    /** Returns whether a whole line passes as it is, without what {@link #begin} and {@link #end} add. */
    default boolean passes(byte[] bytes, int offset, int length) {
        return false;
    }

    /** Returns the name of a stream. */
    static String name(LogReceiver.Output stream) {
        return stream.name().toLowerCase(Locale.ROOT);
    }

    /** The part that the text formats share: how lines end. */
    abstract class Lines implements FunctionLogFormat {
        private final byte[] end = {'\n'};
        private final byte[] cutEnd;

        Lines(int limit) {
            cutEnd = (" [cut at " + limit + " bytes]\n").getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void text(LineBuffer to, byte[] bytes, int offset, int length) {
            to.bytes(bytes, offset, length);
        }

        @Override
        public byte[] end() {
            return end;
        }

        @Override
        public byte[] cutEnd() {
            return cutEnd;
        }
    }

    /** {@code 2006/01/02 15:04:05 stdout: text}. */
    final class Text extends Lines {
        private final LogClock clock;
        private final String prefix;

        Text(LogClock clock, LogReceiver.Output stream, int limit) {
            super(limit);
            this.clock = clock;
            this.prefix = " " + name(stream) + ": ";
        }

        @Override
        public void begin(LineBuffer to) {
            clock.text(to);
            to.ascii(prefix);
        }
    }

    /** The line unchanged, byte for byte. */
    final class Bare extends Lines {
        Bare(int limit) {
            super(limit);
        }

        @Override
        public void begin(LineBuffer to) {
            // Nothing precedes the line.
        }

        @Override
        public int textLength(byte[] bytes, int offset, int length) {
            return length;
        }
    }

    /** The line unchanged, after a byte that names the stream. */
    final class Received extends Lines {
        private final ReceiverStream.Kind stream;

        Received(ReceiverStream.Kind stream, int limit) {
            super(limit);
            this.stream = stream;
        }

        @Override
        public void begin(LineBuffer to) {
            to.oneByte(stream.mark());
        }
    }

    /** An object with time, stream and msg; a line that is an object already passes as it is. */
    final class Json implements FunctionLogFormat {
        private final Escaping escaping = new JsonEscaping();
        private final byte[] end = "\"}\n".getBytes(StandardCharsets.US_ASCII);
        private final byte[] cutEnd = "\",\"cut\":true}\n".getBytes(StandardCharsets.US_ASCII);
        private final LogClock clock;
        private final String stream;

        Json(LogClock clock, LogReceiver.Output stream) {
            this.clock = clock;
            this.stream = name(stream);
        }

        @Override
        public void begin(LineBuffer to) {
            to.ascii("{\"time\":\"");
            clock.rfc3339(to);
            to.ascii("\",\"stream\":\"").ascii(stream).ascii("\",\"msg\":\"");
        }

        @Override
        public void text(LineBuffer to, byte[] bytes, int offset, int length) {
            escaping.utf8(to, bytes, offset, length);
        }

        @Override
        public boolean passes(byte[] bytes, int offset, int length) {
            return JsonObjectCheck.isObject(bytes, offset, length);
        }

        @Override
        public byte[] end() {
            return end;
        }

        @Override
        public byte[] cutEnd() {
            return cutEnd;
        }
    }
}
