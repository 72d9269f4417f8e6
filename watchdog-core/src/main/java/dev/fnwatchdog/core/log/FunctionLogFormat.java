package dev.fnwatchdog.core.log;

import java.nio.charset.StandardCharsets;

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

    /** {@code 2006/01/02 15:04:05 stdout: text}. */
    static FunctionLogFormat prefixed(LogClock clock, String stream, int limit) {
        return new Text(clock, " " + stream + ": ", limit);
    }

    /** The line unchanged, byte for byte. */
    static FunctionLogFormat bare(int limit) {
        return new Bare(limit);
    }

    /** The line unchanged, after a byte that names the stream. */
    static FunctionLogFormat received(ReceiverStream.Kind stream, int limit) {
        return new Received(stream, limit);
    }

    /** Returns whether a whole line passes as it is, without what {@link #begin} and {@link #end} add. */
    default boolean passes(byte[] bytes, int offset, int length) {
        return false;
    }

    /** An object with time, stream and msg; a line that is an object already passes as it is. */
    static FunctionLogFormat json(LogClock clock, String stream) {
        return new Json(clock, stream);
    }

    private static byte[] cutMark(int limit) {
        return (" [cut at " + limit + " bytes]\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The part that both text formats share: how lines end. */
    abstract class Lines implements FunctionLogFormat {
        private final byte[] end = {'\n'};
        private final byte[] cutEnd;

        Lines(int limit) {
            cutEnd = cutMark(limit);
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

    /** See {@link #prefixed}. */
    final class Text extends Lines {
        private final LogClock clock;
        private final String prefix;

        Text(LogClock clock, String prefix, int limit) {
            super(limit);
            this.clock = clock;
            this.prefix = prefix;
        }

        @Override
        public void begin(LineBuffer to) {
            clock.text(to);
            to.ascii(prefix);
        }
    }

    /** See {@link #bare}. */
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

    /** See {@link #received}. */
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

    /** See {@link #json}. */
    final class Json implements FunctionLogFormat {
        private final Escaping escaping = new JsonEscaping();
        private final byte[] end = "\"}\n".getBytes(StandardCharsets.US_ASCII);
        private final byte[] cutEnd = "\",\"cut\":true}\n".getBytes(StandardCharsets.US_ASCII);
        private final LogClock clock;
        private final String stream;

        Json(LogClock clock, String stream) {
            this.clock = clock;
            this.stream = stream;
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
