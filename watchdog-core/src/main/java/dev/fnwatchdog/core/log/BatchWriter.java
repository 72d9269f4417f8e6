package dev.fnwatchdog.core.log;

import java.io.IOException;
import java.io.OutputStream;

/** Writes one stream, on the only thread that ever waits for the stream's reader. */
record BatchWriter(BoundedOutput queue, OutputStream out) implements Runnable {
    // Room for new lines appears chunk by chunk: with a slow reader, a waiting copier then waits less.
    private static final int CHUNK = 32 * 1024;

    @Override
    public void run() {
        try {
            LineBuffer batch = queue.awaitLines();
            while (batch.size() > 0) {
                write(batch);
                queue.gather();
                batch = queue.awaitLines();
            }
        } catch (InterruptedException e) {
            // Only closing the log interrupts this thread, after it has waited long enough.
            Thread.currentThread().interrupt();
        }
    }

    private void write(LineBuffer batch) {
        int size = batch.size();
        for (int at = 0; at < size; at += CHUNK) {
            int length = Math.min(CHUNK, size - at);
            write(batch.array(), at, length);
            queue.written(length);
        }
    }

    private void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
            out.flush();
        } catch (IOException ignored) {
            // The reader has closed the stream. There is no way to report that, and a later reader (of a named pipe)
            // gets later lines.
        }
    }
}
