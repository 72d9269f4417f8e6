package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.LineSplitter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;

/**
 * Passes on to the log what a process prints to its standard error, line by line (specification 6). Where the log's reader is
 * slow, the process waits, and not the IO thread; where the reader is stuck, lines are dropped and the process goes on.
 *
 * <p>Threads: the IO thread.
 */
final class StandardErrorLog {
    private static final int CHUNK = 8 * 1024;
    private static final int MOST_CHUNKS_AT_ONCE = 8;
    private static final long WAIT_MILLIS = 10;
    private static final int MOST_WAITS = 8;

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

    /** Goes on until nobody holds standard error any more. */
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
            for (int i = 0; i < MOST_CHUNKS_AT_ONCE; i++) {
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
        return waits <= MOST_WAITS;
    }

    private void end() {
        lines.finish();
        IoUtils.safeClose(errors);
    }
}
