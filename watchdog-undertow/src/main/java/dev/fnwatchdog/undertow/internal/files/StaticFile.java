package dev.fnwatchdog.undertow.internal.files;

import org.jspecify.annotations.Nullable;

/**
 * A file to serve, as it was when it was looked up. Immutable.
 *
 * <p>Threads: any.
 *
 * @param gzip the compressed content, where there is such a file beside it; otherwise null
 * @param lookedUp {@link System#nanoTime()} before the lookup
 */
record StaticFile(FileVersion plain, @Nullable FileVersion gzip, Role role, long lookedUp) implements StaticLookup {
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

    boolean isFreshAt(long nanoTime) {
        return nanoTime - lookedUp < FRESH_NANOS;
    }

    /** Returns the heap memory that it occupies, in bytes, slightly rounded up. */
    int footprint() {
        return plain.footprint() + (gzip == null ? 0 : gzip.footprint());
    }
}
