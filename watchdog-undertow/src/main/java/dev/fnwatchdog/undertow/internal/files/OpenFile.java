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

    /** The creator is the first holder, and must release it. */
    OpenFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Returns the channel, whose own position must not be used, because several transfers share it. */
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
