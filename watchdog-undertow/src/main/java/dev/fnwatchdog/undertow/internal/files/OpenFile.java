package dev.fnwatchdog.undertow.internal.files;

import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.IoUtils;

/**
 * A file that several transfers read at once. It is closed when the last of them has released it.
 *
 * <p>Threads: any.
 */
final class OpenFile {
    private final FileChannel channel;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** Whoever creates it holds it. */
    OpenFile(FileChannel channel) {
        this.channel = channel;
    }

    /** To be read at positions only: its own position belongs to nobody. */
    FileChannel channel() {
        return channel;
    }

    /** Returns false where the file has been closed. */
    boolean acquire() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** Must be called once by each holder. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            IoUtils.safeClose(channel);
        }
    }
}
