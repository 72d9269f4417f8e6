package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.LogFormat.Level;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * All that the watchdog prints (contract 6).
 *
 * <p>Threads: any number call it, and none of them ever waits for the reader of the output; see {@link LineSink} for the
 * copiers of the function's lines. At most 1 MiB a stream is kept; beyond it lines are dropped, counted and told. One
 * daemon thread a stream, named {@code watchdog-log-stdout} and {@code watchdog-log-stderr}, writes.
 */
public final class WatchdogLog implements AutoCloseable {
    private static final long FLUSH_MILLIS = 1000;
    // How long the function may be held up, once, by a reader that is then taken for stuck.
    private static final Duration PATIENCE = Duration.ofMillis(80);
    // More would not fit into the buffer once every character is escaped.
    private static final int LONGEST_MESSAGE = 80_000;

    private final LogConfig config;
    private final LogClock clock;
    private final LogFormat format;
    private final BoundedOutput out;
    private final BoundedOutput err;

    // Mutable state
    private volatile Consumer<Throwable> failures = failure -> {};

    private WatchdogLog(LogConfig config, LogClock clock, Duration patience, OutputStream out, OutputStream err) {
        this.config = config;
        this.clock = clock;
        this.format = json() ? new JsonLogFormat(clock) : new TextLogFormat(clock, config.callId());
        this.out = new BoundedOutput("watchdog-log-stdout", out, patience, dropped -> tell(dropped, "standard output"));
        this.err = new BoundedOutput("watchdog-log-stderr", err, patience, dropped -> tell(dropped, "standard error"));
    }

    /**
     * Prints to the given streams, which should not be buffered: each write carries as many lines as there are. They are
     * not closed.
     */
    public static WatchdogLog start(LogConfig config, OutputStream out, OutputStream err) {
        return start(config, LogClock.system(), PATIENCE, out, err);
    }

    /** Prints to this process's own standard output and error, past whatever {@code System.setOut} has put before them. */
    public static WatchdogLog toStandardStreams(LogConfig config) {
        return start(config, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    static WatchdogLog start(LogConfig config, LogClock clock, Duration patience, OutputStream out, OutputStream err) {
        return new WatchdogLog(config, clock, patience, out, err);
    }

    /** A log that prints nothing and has no threads. */
    public static WatchdogLog discarding() {
        LogConfig config = new LogConfig(LogConfig.Format.TEXT, true, -1, false, false, false);
        WatchdogLog log = start(config, OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
        log.close();
        return log;
    }

    /** Prints one line to standard error; control characters in it are escaped. */
    public void info(String message) {
        message(Level.INFO, message);
    }

    /** As {@link #info}, for what an operator should look at. */
    public void warn(String message) {
        message(Level.WARN, message);
    }

    /** As {@link #info}, for what went wrong. */
    public void error(String message) {
        message(Level.ERROR, message);
    }

    /** Prints the message and the stack trace as one entry. */
    public void error(String message, Throwable cause) {
        try {
            LineBuffer line = LineBuffer.ofThread();
            format.failure(line, shortened(message), cause);
            err.add(line);
        } finally {
            failures.accept(cause);
        }
    }

    /** From now on {@code observer} is given each {@link #error(String, Throwable) failure} too, on the thread that logs it. */
    public void observeFailures(Consumer<Throwable> observer) {
        failures = observer;
    }

    /** Prints the line of a call. Which calls have none is for the caller to know. */
    public void request(AccessLogEntry call) {
        LineBuffer line = LineBuffer.ofThread();
        format.request(line, call);
        err.add(line);
    }

    /** A new way in for the standard output of one function process; it leads to standard output. */
    public LineSink functionOutput() {
        return functionLines(out, "stdout", FunctionLines.WhenFull.WAIT);
    }

    /** A new way in for the standard error of one function process; it leads to standard error. */
    public LineSink functionErrors() {
        return functionLines(err, "stderr", FunctionLines.WhenFull.WAIT);
    }

    /**
     * As {@link #functionErrors}, for the process of one call, whose lines come from a thread that serves others too: it
     * never waits, and what finds no room is dropped. {@link #isBacklogged} tells before that.
     */
    public LineSink requestErrors() {
        return functionLines(err, "stderr", FunctionLines.WhenFull.DROP);
    }

    /** Whether so much waits for the reader of standard error that whoever can should print later. */
    public boolean isBacklogged() {
        return err.isBacklogged();
    }

    /** Writes what is pending, for at most a second, and ends the threads. What comes later is discarded. */
    @Override
    public void close() {
        long end = System.nanoTime() + FLUSH_MILLIS * 1_000_000;
        out.end();
        err.end();
        try {
            out.join((end - System.nanoTime()) / 1_000_000);
            err.join((end - System.nanoTime()) / 1_000_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void message(Level level, String message) {
        LineBuffer line = LineBuffer.ofThread();
        format.message(line, level, shortened(message));
        err.add(line);
    }

    private static String shortened(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + " [cut]";
    }

    private LineSink functionLines(BoundedOutput output, String stream, FunctionLines.WhenFull waiting) {
        // Parity: of-watchdog reports the scanner's error so, and then stops reading.
        Runnable reportTooLong = () -> error("Error reading " + stream + ": bufio.Scanner: token too long");
        return new FunctionLines(output, functionFormat(stream), reportTooLong, waiting);
    }

    private FunctionLogFormat functionFormat(String stream) {
        if (!config.prefix()) {
            return FunctionLogFormat.bare(config.bufferSize());
        }
        return json()
                ? FunctionLogFormat.json(clock, stream)
                : FunctionLogFormat.prefixed(clock, stream, config.bufferSize());
    }

    private boolean json() {
        return config.format() == LogConfig.Format.JSON;
    }

    /** Told on standard error even of standard output, whose lines are the function's alone. */
    private boolean tell(long dropped, String stream) {
        // Not the thread's own buffer: with a lock held, a writer's thread has nothing else in it, but a caller's
        // might.
        LineBuffer line = new LineBuffer(128);
        format.message(line, Level.WARN, dropped + " log lines dropped: the reader of " + stream + " is too slow");
        return err.addNotice(line);
    }
}
