package dev.fnwatchdog.undertow.internal.files;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file to serve, as it was when it was looked up. Immutable.
 *
 * <p>Threads: any.
 */
final class StaticFile implements StaticLookup {
    /** What a file is served as. */
    enum Role {
        FILE,
        /** The page of a single-page application. It names all other files, so caches must revalidate it each time. */
        PAGE,
        /** That page in response to an unknown path (specification 1.34). */
        FALLBACK_PAGE
    }

    /** How long a lookup is valid: a change is seen after that time (specification 1.33). */
    private static final long FRESH_NANOS = 200_000_000;

    private final FileVersion plain;
    private final @Nullable FileVersion gzip;
    private final Role role;
    private final long lookedUp;

    /**
     * @param gzip the compressed content, where there is such a file beside it
     * @param lookedUp {@link System#nanoTime()} before the lookup
     */
    StaticFile(FileVersion plain, @Nullable FileVersion gzip, Role role, long lookedUp) {
        this.plain = plain;
        this.gzip = gzip;
        this.role = role;
        this.lookedUp = lookedUp;
    }

    boolean isFreshAt(long nanoTime) {
        return nanoTime - lookedUp < FRESH_NANOS;
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

    /** Returns the heap memory that it occupies, in bytes, slightly rounded up. */
    int footprint() {
        return plain.footprint() + (gzip == null ? 0 : gzip.footprint());
    }
}
