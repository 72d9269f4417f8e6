package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.LogConfig;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Decodes the lines of one stream for a {@link LogReceiver}: a byte for the kind of the line, its text, and a newline. Within
 * the text of an entry a carriage return stands for a newline, which is otherwise escaped there.
 *
 * <p>Threads: the stream's writer.
 */
final class ReceiverStream extends OutputStream {
    /** What precedes the text of a line. */
    enum Kind {
        INFO('i'),
        WARN('w'),
        ERROR('e'),
        STDOUT('1'),
        STDERR('2');

        private final char mark;

        Kind(char mark) {
            this.mark = mark;
        }

        int mark() {
            return mark;
        }

        static Kind of(int mark) {
            for (Kind kind : values()) {
                if (kind.mark == mark) {
                    return kind;
                }
            }
            throw new IllegalStateException("unknown kind of line: " + mark);
        }
    }

    /** A longer line is received in pieces of whole characters, so that no memory is held for it. */
    private static final int LONGEST = 256 * 1024;

    /** In bytes of UTF-8, of which every byte but the first is from 80 to bf (hexadecimal). */
    private static final int LONGEST_CHARACTER = 4;

    private static final int FIRST_CONTINUATION = 0x80;
    private static final int FIRST_LEAD = 0xc0;

    private final LogReceiver receiver;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    ReceiverStream(LogReceiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int from = offset;
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '\n') {
                line.write(bytes, from, i - from);
                from = i + 1;
                deliver();
            }
        }
        line.write(bytes, from, offset + length - from);
        if (line.size() > LONGEST) {
            deliverPiece();
        }
    }

    /** Delivers what there is of a line, except for the bytes of a character that is incomplete. */
    private void deliverPiece() {
        byte[] bytes = line.toByteArray();
        int whole = bytes.length - incomplete(bytes);
        line.reset();
        line.write(bytes, 0, whole);
        deliver();
        line.write(bytes[0]);
        line.write(bytes, whole, bytes.length - whole);
    }

    /** Returns how many bytes at the end are, or may be, a part of a character of UTF-8. */
    private static int incomplete(byte[] bytes) {
        for (int back = 1; back < LONGEST_CHARACTER; back++) {
            int value = bytes[bytes.length - back] & 0xff;
            if (value < FIRST_CONTINUATION) {
                return 0;
            }
            if (value >= FIRST_LEAD) {
                return back;
            }
        }
        return 0;
    }

    @SuppressWarnings("CatchingUnchecked") // an error of the receiver must not end the writer of all further lines
    private void deliver() {
        byte[] bytes = line.toByteArray();
        line.reset();
        if (bytes.length > 0) {
            try {
                deliver(Kind.of(bytes[0]), new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8));
            } catch (Throwable failed) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, failed);
            }
        }
    }

    private void deliver(Kind kind, String text) {
        switch (kind) {
            case INFO -> receiver.watchdogLine(LogReceiver.Level.INFO, entry(text));
            case WARN -> receiver.watchdogLine(LogReceiver.Level.WARN, entry(text));
            case ERROR -> receiver.watchdogLine(LogReceiver.Level.ERROR, entry(text));
            case STDOUT -> receiver.functionLine(LogReceiver.Output.STDOUT, text);
            case STDERR -> receiver.functionLine(LogReceiver.Output.STDERR, text);
        }
    }

    private static String entry(String text) {
        return text.replace('\r', '\n');
    }

    /** Begins each line with its kind, for the watchdog's own lines. */
    static final class OwnLines implements TextLogFormat.LineStart {
        @Override
        public void write(LineBuffer to, LogReceiver.Level level) {
            to.oneByte(Kind.valueOf(level.name()).mark());
        }

        @Override
        public int lineEndInEntry() {
            return '\r';
        }

        @Override
        public FunctionLogFormat function(LogReceiver.Output stream, LogConfig config) {
            return new FunctionLogFormat.Received(Kind.valueOf(stream.name()), config.bufferSize());
        }
    }
}
