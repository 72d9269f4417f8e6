package dev.fnwatchdog.undertow.internal.files;

import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioExecutor;

/**
 * Opens files, and keeps them open for a moment, so that requests that follow each other share a descriptor (specification
 * 1.35). A file that has been replaced is found by its next lookup, which makes another {@link FileVersion}.
 *
 * <p>Threads: any; opening blocks on the disk.
 */
final class OpenFiles {
    /** A lookup is valid for as long. */
    private static final long KEPT_MILLIS = 200;

    /** More files than these are opened for each request, so that a crawler cannot use up the descriptors. */
    private static final int MAX_KEPT = 64;

    private final ConcurrentMap<FileVersion, OpenFile> kept = new ConcurrentHashMap<>();

    // Mutable state
    private volatile boolean closed;

    /**
     * Opens a file, or returns it where it is open already. The caller must release the result.
     *
     * @param timer closes the file when no transfer needs it any more
     * @throws java.nio.file.NoSuchFileException where it has been replaced, or its size has changed
     * @throws IOException where it cannot be opened
     */
    OpenFile open(FileVersion version, XnioExecutor timer) throws IOException {
        OpenFile known = kept.get(version);
        if (known != null && known.acquire()) {
            return checked(known, version);
        }
        OpenFile opened = new OpenFile(version.open());
        if (!closed && kept.size() < MAX_KEPT) {
            keep(version, opened, timer);
        }
        return opened;
    }

    private static OpenFile checked(OpenFile known, FileVersion version) throws IOException {
        boolean same = false;
        try {
            same = version.isSizeOf(known.channel());
        } finally {
            if (!same) {
                known.release();
            }
        }
        if (!same) {
            throw version.replaced();
        }
        return known;
    }

    private void keep(FileVersion version, OpenFile opened, XnioExecutor timer) {
        // Before other threads can find it, since the one that removes it releases it.
        opened.acquire();
        if (kept.putIfAbsent(version, opened) != null) {
            opened.release();
            return;
        }
        try {
            timer.executeAfter(() -> stopKeeping(version, opened), KEPT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            stopKeeping(version, opened);
        }
        if (closed) {
            stopKeeping(version, opened);
        }
    }

    private void stopKeeping(FileVersion version, OpenFile file) {
        if (kept.remove(version, file)) {
            file.release();
        }
    }

    /** Closes the files that no transfer needs, and keeps no more open. */
    void close() {
        closed = true;
        kept.forEach(this::stopKeeping);
    }
}
