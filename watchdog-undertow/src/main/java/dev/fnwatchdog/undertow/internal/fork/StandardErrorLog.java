package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.LineSplitter;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;

/**
 * Copies a process's standard error to the log, line by line (specification 4.7, 6.13). When the log's reader is slow, the
 * process waits, and the I/O thread does not; when the reader is stuck, lines are dropped (specification 6.15).
 *
 * <p>Threads: the I/O thread.
 */
@IoThread
final class StandardErrorLog {
    private static final int CHUNK = 8 * 1024;
    private static final int MAX_CHUNKS_AT_ONCE = 8;
    // By time: the log's queue belongs to another thread, which would have to notify a process for each batch of lines.
    private static final long WAIT_MILLIS = 10;
    private static final int MAX_WAITS = 8;

    private final StreamSourceChannel errors;
    private final WatchdogLog log;
    private final LineSplitter lines;

    // Mutable state
    private int waits;

    StandardErrorLog(StreamSourceChannel errors, WatchdogLog log, int longestLine) {
        this.errors = errors;
        this.log = log;
        this.lines = new LineSplitter(log.requestErrors(), longestLine);
    }

    /** Starts to copy, until no process holds the standard error any more. */
    void copy() {
        errors.getReadSetter().set(readable -> read());
        errors.resumeReads();
    }

    private void read() {
        if (mustWait()) {
            errors.suspendReads();
            errors.getIoThread().executeAfter(errors::resumeReads, WAIT_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        try {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            for (int i = 0; i < MAX_CHUNKS_AT_ONCE; i++) {
                int length = errors.read(chunk.clear());
                if (length < 0) {
                    end();
                    return;
                }
                lines.accept(chunk.array(), 0, length);
                if (length < CHUNK) {
                    return;
                }
            }
        } catch (IOException broken) {
            end();
        }
    }

    private boolean mustWait() {
        if (!log.isBacklogged()) {
            waits = 0;
            return false;
        }
        waits++;
        return waits <= MAX_WAITS;
    }

    private void end() {
        lines.finish();
        IoUtils.safeClose(errors);
    }
}
