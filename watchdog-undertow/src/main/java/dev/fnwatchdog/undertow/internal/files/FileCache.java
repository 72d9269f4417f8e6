package dev.fnwatchdog.undertow.internal.files;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Caches recently requested files by the paths of the requests, within a budget of heap memory. When it is full it is cleared,
 * and fills again with the files that are requested then (specification 1.35).
 *
 * <p>Threads: any.
 */
final class FileCache {
    private static final int SHARE_OF_HEAP = 16;
    private static final long MAX_BYTES = 16L * 1024 * 1024;

    /** In characters. A file has one path, or a few; longer spellings of it are not worth a place in the cache. */
    private static final int MAX_PATH_LENGTH = 1024;

    private final long maxBytes;
    private final ConcurrentMap<String, StaticFile> files = new ConcurrentHashMap<>();

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private long bytes;

    /** @param maxBytes heap that the files in it may occupy */
    FileCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    static FileCache inHeapOf(Runtime jvm) {
        return new FileCache(Math.min(MAX_BYTES, jvm.maxMemory() / SHARE_OF_HEAP));
    }

    @Nullable
    StaticFile find(String path) {
        return files.get(path);
    }

    synchronized void put(String path, StaticFile file) {
        if (path.length() > MAX_PATH_LENGTH) {
            return;
        }
        StaticFile previous = files.put(path, file);
        bytes += previous == null ? footprint(path, file) : file.footprint() - previous.footprint();
        if (bytes > maxBytes) {
            files.clear();
            bytes = 0;
        }
    }

    synchronized void remove(String path) {
        StaticFile previous = files.remove(path);
        if (previous != null) {
            bytes -= footprint(path, previous);
        }
    }

    private static long footprint(String path, StaticFile file) {
        return 2L * path.length() + file.footprint();
    }
}
