package dev.fnwatchdog.undertow.internal.files;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file to serve, as it was when somebody looked. Immutable.
 *
 * <p>Threads: any.
 */
final class StaticFile implements StaticLookup {
    /** What a file stands for. */
    enum Role {
        FILE,
        /** The one page of a single-page application. It names all else, so a copy of it must be asked after each time. */
        PAGE,
        /** That page, in place of something that is not there. */
        FALLBACK_PAGE
    }

    /** How long a look is good: a change is seen by then. */
    private static final long FRESH_NANOS = 200_000_000;

    private final FileVersion plain;
    private final @Nullable FileVersion gzip;
    private final Role role;
    private final long looked;

    /**
     * @param gzip the same, compressed, where there is such a file beside it
     * @param looked {@link System#nanoTime()} before somebody looked
     */
    StaticFile(FileVersion plain, @Nullable FileVersion gzip, Role role, long looked) {
        this.plain = plain;
        this.gzip = gzip;
        this.role = role;
        this.looked = looked;
    }

    boolean isFreshAt(long nanoTime) {
        return nanoTime - looked < FRESH_NANOS;
    }

    FileVersion plain() {
        return plain;
    }

    boolean hasGzip() {
        return gzip != null;
    }

    Optional<FileVersion> gzip() {
        return Optional.ofNullable(gzip);
    }

    Role role() {
        return role;
    }

    /** Heap that it takes, in bytes, a little rounded up. */
    int footprint() {
        return plain.footprint() + (gzip == null ? 0 : gzip.footprint());
    }
}
