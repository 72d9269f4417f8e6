package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.LogReceiver.Level;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The log of a watchdog: its own lines and those of the function (specification 6).
 *
 * <pre>{@code
 * WatchdogConfig config = WatchdogConfig.parse(System.getenv());
 * try (WatchdogLog log = WatchdogLog.toStandardStreams(config.log());
 *         Watchdog watchdog = Watchdog.builder(config).log(log).start()) {
 *     log.info("Serving on port " + watchdog.port());
 * }
 * }</pre>
 *
 * <p>Threads: any. Callers never wait for the reader of the output, except those that copy the function's lines; see {@link
 * LineSink}. At most 1 MiB per stream is pending; beyond that lines are dropped, counted and reported (specification 6.15). One
 * daemon thread for each stream writes, {@code watchdog-log-stdout} and {@code watchdog-log-stderr}.
 */
public final class WatchdogLog implements AutoCloseable {
    private static final long FLUSH_MILLIS = 1000;
    // How long a slow reader may block the function, once, before it counts as stuck.
    private static final Duration MAX_WAIT = Duration.ofMillis(80);
    // A longer message would not fit into the buffer when every character is escaped.
    private static final int MAX_MESSAGE_LENGTH = 80_000;

    private final LogFormat format;
    private final BoundedOutput out;
    private final BoundedOutput err;

    // Mutable state
    private volatile Consumer<Throwable> failureObserver = failure -> {};

    private WatchdogLog(LogFormat format, Duration maxWait, OutputStream out, OutputStream err) {
        this.format = format;
        this.out = new BoundedOutput(
                "watchdog-log-stdout", out, maxWait, dropped -> reportDropped(dropped, "standard output"));
        this.err = new BoundedOutput(
                "watchdog-log-stderr", err, maxWait, dropped -> reportDropped(dropped, "standard error"));
    }

    /**
     * Prints to the given streams, which should not be buffered: each write contains all lines that are pending. They
     * are not closed.
     */
    public static WatchdogLog start(LogConfig config, OutputStream out, OutputStream err) {
        return start(config, LogClock.system(), MAX_WAIT, out, err);
    }

    /**
     * Prints to this process's own standard output and error, whatever {@code System.setOut} has put in their place.
     */
    public static WatchdogLog toStandardStreams(LogConfig config) {
        return start(config, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
    }

    static WatchdogLog start(LogConfig config, LogClock clock, Duration maxWait, OutputStream out, OutputStream err) {
        LogFormat format = config.format() == LogConfig.Format.JSON
                ? new JsonLogFormat(clock, config)
                : new TextLogFormat(new TextLogFormat.Timestamp(clock), config);
        return new WatchdogLog(format, maxWait, out, err);
    }

    /**
     * Passes the lines to a receiver, as text without their time, whatever {@code log_format} and {@code prefix_logs} are
     * (specification 6.16).
     */
    public static WatchdogLog to(LogConfig config, LogReceiver receiver) {
        LogFormat format = new TextLogFormat(new ReceiverStream.OwnLines(), config);
        return new WatchdogLog(format, MAX_WAIT, new ReceiverStream(receiver), new ReceiverStream(receiver));
    }

    /** Returns a log that prints nothing and has no threads. */
    public static WatchdogLog discarding() {
        LogConfig config = new LogConfig(LogConfig.Format.TEXT, true, -1, false, false, false, false);
        WatchdogLog log = start(config, OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
        log.close();
        return log;
    }

    /** Prints one line to standard error; control characters in it are escaped. */
    public void info(String message) {
        message(Level.INFO, message);
    }

    /** Like {@link #info}, for what needs an operator's attention. */
    public void warn(String message) {
        message(Level.WARN, message);
    }

    /** Like {@link #info}, for errors. */
    public void error(String message) {
        message(Level.ERROR, message);
    }

    /** Prints the message and the stack trace as one entry. */
    public void error(String message, Throwable cause) {
        try {
            LineBuffer line = new LineBuffer();
            format.failure(line, shortened(message), cause);
            err.add(line);
        } finally {
            failureObserver.accept(cause);
        }
    }

    /**
     * Passes each later {@link #error(String, Throwable) failure} to {@code observer} too, on the thread that logs it.
     */
    public void observeFailures(Consumer<Throwable> observer) {
        failureObserver = observer;
    }

    /** Returns whether {@link AccessLogEntry#caller()} is printed. */
    public boolean describesCallers() {
        return format.describesCallers();
    }

    /** Prints the line of a request. The caller decides which requests have one. */
    public void request(AccessLogEntry entry) {
        LineBuffer line = new LineBuffer();
        format.request(line, entry);
        err.add(line);
    }

    /** Returns a new sink for the standard output of one function process; its lines go to standard output. */
    public LineSink functionOutput() {
        return functionLines(out, LogReceiver.Output.STDOUT, FunctionLines.WhenFull.WAIT);
    }

    /** Returns a new sink for the standard error of one function process; its lines go to standard error. */
    public LineSink functionErrors() {
        return functionLines(err, LogReceiver.Output.STDERR, FunctionLines.WhenFull.WAIT);
    }

    /**
     * Like {@link #functionErrors}, for the process of one request, whose lines come from a thread that serves other
     * requests too: it never waits, and drops lines for which there is no room. {@link #isBacklogged} warns of that.
     */
    public LineSink requestErrors() {
        return functionLines(err, LogReceiver.Output.STDERR, FunctionLines.WhenFull.DROP);
    }

    /** Whether so much is pending for the reader of standard error that callers should print later if they can. */
    public boolean isBacklogged() {
        return err.isBacklogged();
    }

    /** Returns the number of lines that were dropped so far, of both streams. */
    public long droppedLines() {
        return out.allDropped() + err.allDropped();
    }

    /** Writes what is pending, for at most a second, and ends the threads. Later lines are discarded. */
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
        LineBuffer line = new LineBuffer();
        format.message(line, level, shortened(message));
        err.add(line);
    }

    private static String shortened(String message) {
        return message.length() <= MAX_MESSAGE_LENGTH ? message : message.substring(0, MAX_MESSAGE_LENGTH) + " [cut]";
    }

    private LineSink functionLines(BoundedOutput output, LogReceiver.Output stream, FunctionLines.WhenFull waiting) {
        // of-watchdog prints the scanner's error in this form, and then stops reading (specification 6.14).
        Runnable reportTooLong =
                () -> error("Error reading " + FunctionLogFormat.name(stream) + ": bufio.Scanner: token too long");
        return new FunctionLines(output, format.function(stream), reportTooLong, waiting);
    }

    /**
     * Reports dropped lines on standard error, also those of standard output, which is for the function's lines alone.
     */
    private boolean reportDropped(long dropped, String stream) {
        LineBuffer line = new LineBuffer();
        format.message(line, Level.WARN, dropped + " log lines dropped: the reader of " + stream + " is too slow");
        return err.addNotice(line);
    }
}
