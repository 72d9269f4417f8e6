package dev.fnwatchdog.core.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.LineSink;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The standard streams of a function that runs in this JVM. Their output goes to the log line by line, like that of a
 * function process (specification 5.23, 6.13).
 *
 * <p>Threads: any may print.
 */
public final class FunctionStreams {
    private FunctionStreams() {}

    /** Replaces {@code System.out} and {@code System.err} for the rest of the JVM's life. */
    public static void redirect(WatchdogLog log, LogConfig config) {
        System.setOut(to(log.functionOutput(), config.bufferSize()));
        System.setErr(to(log.functionErrors(), config.bufferSize()));
    }

    static PrintStream to(LineSink sink, int limit) {
        return new PrintStream(new Lines(new LineSplitter(sink, limit)), true, StandardCharsets.UTF_8);
    }

    private static final class Lines extends OutputStream {
        @GuardedBy("this")
        private final LineSplitter splitter;

        Lines(LineSplitter splitter) {
            this.splitter = splitter;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            splitter.accept(bytes, offset, length);
        }
    }
}
