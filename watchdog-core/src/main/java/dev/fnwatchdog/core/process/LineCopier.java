package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.log.LineSink;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Copies the output of a function to the log, line by line, until the stream ends (specification 6.13).
 *
 * <p>Threads: one of its own, a daemon, which ends with the stream.
 */
final class LineCopier {
    private static final int CHUNK = 8 * 1024;

    private final InputStream in;
    private final LineSplitter splitter;
    private final Thread thread;

    private LineCopier(String threadName, InputStream in, LineSplitter splitter) {
        this.in = in;
        this.splitter = splitter;
        this.thread = new Thread(this::copy, threadName);
        this.thread.setDaemon(true);
    }

    static LineCopier start(String threadName, InputStream in, LineSink sink, int limit) {
        LineCopier copier = new LineCopier(threadName, in, new LineSplitter(sink, limit));
        ThreadRefusedException.check(copier.thread::start);
        return copier;
    }

    /** Waits for the end of the stream, for at most the given time. */
    void await(long millis) throws InterruptedException {
        thread.join(Math.max(1, millis));
    }

    private void copy() {
        byte[] chunk = new byte[CHUNK];
        try (in) {
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                splitter.accept(chunk, 0, length);
            }
        } catch (IOException ignored) {
            // The JDK closes the stream when the process has ended, which can interrupt a read: the same as its end.
        }
        splitter.finish();
    }
}
