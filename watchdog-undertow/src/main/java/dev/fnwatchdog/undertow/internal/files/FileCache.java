package dev.fnwatchdog.undertow.internal.files;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The files that were asked for last, by the paths of the requests. It is bounded by what it takes of the heap; when it is
 * full it is emptied, and fills again with what is asked for now.
 *
 * <p>Threads: any.
 */
final class FileCache {
    private static final int SHARE_OF_HEAP = 16;
    private static final long MOST_BYTES = 16L * 1024 * 1024;

    /** A file has one path, or a few. Longer spellings are somebody's game. */
    private static final int LONGEST_PATH = 1024;

    private final long mostBytes;
    private final ConcurrentMap<String, StaticFile> files = new ConcurrentHashMap<>();

    // Mutable state, under this object's lock
    private long bytes;

    /** @param mostBytes heap that the files in it may take */
    FileCache(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    static FileCache inHeapOf(Runtime jvm) {
        return new FileCache(Math.min(MOST_BYTES, jvm.maxMemory() / SHARE_OF_HEAP));
    }

    @Nullable
    StaticFile find(String path) {
        return files.get(path);
    }

    synchronized void put(String path, StaticFile file) {
        if (path.length() > LONGEST_PATH) {
            return;
        }
        StaticFile before = files.put(path, file);
        bytes += before == null ? footprint(path, file) : file.footprint() - before.footprint();
        if (bytes > mostBytes) {
            files.clear();
            bytes = 0;
        }
    }

    synchronized void remove(String path) {
        StaticFile before = files.remove(path);
        if (before != null) {
            bytes -= footprint(path, before);
        }
    }

    private static long footprint(String path, StaticFile file) {
        return 2L * path.length() + file.footprint();
    }
}
