package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the files of the served folder. Links are followed where their targets are inside it, which a mounted ConfigMap
 * needs: each of its files is a link into a folder that is itself replaced through a link (specification 1.27).
 *
 * <p>Threads: any; a lookup blocks on the disk.
 *
 * @param singlePage whether unknown paths get the index
 */
record ServedFolder(Path root, boolean singlePage) {
    private static final String INDEX = "index.html";
    private static final String GZIP_SUFFIX = ".gz";
    private static final StaticLookup NOT_FOUND = new StaticLookup.Refused(StatusCodes.NOT_FOUND);
    private static final StaticLookup FORBIDDEN = new StaticLookup.Refused(StatusCodes.FORBIDDEN);
    private static final StaticLookup FOLDER = new StaticLookup.Folder();

    /** The attempts of one lookup: a mounted ConfigMap can be replaced while it is read. */
    private static final int MAX_ATTEMPTS = 3;

    /** What a path inside the folder leads to: its path without links, and its attributes. */
    private record ResolvedPath(Path path, BasicFileAttributes attributes) {}

    /**
     * Looks up a path.
     *
     * @param previous what the path named at the last lookup; an unchanged content is not read again
     * @throws IOException where the disk fails
     */
    StaticLookup find(StaticPath path, @Nullable StaticFile previous) throws IOException {
        if (path.refusal() != StatusCodes.OK) {
            return new StaticLookup.Refused(path.refusal());
        }
        try {
            for (int i = 0; i < MAX_ATTEMPTS; i++) {
                try {
                    return findOnce(path, previous);
                } catch (NoSuchFileException vanished) {
                    // It existed a moment ago and was replaced: look it up again.
                }
            }
            return NOT_FOUND;
        } catch (AccessDeniedException forbidden) {
            return FORBIDDEN;
        }
    }

    private StaticLookup findOnce(StaticPath path, @Nullable StaticFile previous) throws IOException {
        long now = System.nanoTime();
        StaticLookup found = findOnDisk(path, previous, now);
        if (found == NOT_FOUND && singlePage) {
            return file(INDEX, StaticFile.Role.FALLBACK_PAGE, null, now);
        }
        return found;
    }

    private StaticLookup findOnDisk(StaticPath path, @Nullable StaticFile previous, long now) throws IOException {
        String relative = path.relative();
        ResolvedPath resolved = resolve(relative);
        if (resolved == null) {
            return NOT_FOUND;
        }
        if (resolved.attributes.isDirectory()) {
            String index = relative.isEmpty() ? INDEX : relative + '/' + INDEX;
            if (path.folder()) {
                return file(index, roleOf(index), previous, now);
            }
            return singlePage && resolve(index) == null ? NOT_FOUND : FOLDER;
        }
        return path.folder() ? NOT_FOUND : file(relative, roleOf(relative), previous, now);
    }

    private StaticFile.Role roleOf(String relative) {
        return singlePage && relative.equals(INDEX) ? StaticFile.Role.PAGE : StaticFile.Role.FILE;
    }

    private StaticLookup file(String relative, StaticFile.Role role, @Nullable StaticFile previous, long now)
            throws IOException {
        ResolvedPath resolved = resolve(relative);
        if (resolved == null || !resolved.attributes.isRegularFile()) {
            return NOT_FOUND;
        }
        String type = MediaTypes.of(relative);
        // The page in place of a missing file needs another tag than a file that once had that path.
        String etagSuffix = role == StaticFile.Role.FALLBACK_PAGE ? "-page" : "";
        FileVersion plain = version(resolved, type, etagSuffix, previous == null ? null : previous.plain());
        FileVersion known = previous == null ? null : previous.gzip();
        return new StaticFile(plain, compressed(relative + GZIP_SUFFIX, type, etagSuffix + "-gz", known), role, now);
    }

    private @Nullable FileVersion compressed(
            String relative, String type, String etagSuffix, @Nullable FileVersion known) throws IOException {
        try {
            ResolvedPath resolved = resolve(relative);
            return resolved == null || !resolved.attributes.isRegularFile()
                    ? null
                    : version(resolved, type, etagSuffix, known);
        } catch (AccessDeniedException forbidden) {
            // The uncompressed file is still available.
            return null;
        }
    }

    private static FileVersion version(
            ResolvedPath resolved, String type, String etagSuffix, @Nullable FileVersion known) throws IOException {
        return known != null && known.isUnchanged(resolved.path, resolved.attributes)
                ? known
                : FileVersion.read(resolved.path, resolved.attributes, type, etagSuffix);
    }

    /** Returns null where the path names nothing, or leads out of the folder. */
    private @Nullable ResolvedPath resolve(String relative) throws IOException {
        Path realRoot;
        Path real;
        try {
            // Resolved each time: the root may be a link that is switched to another release.
            realRoot = root.toRealPath();
            real = realRoot.resolve(relative).toRealPath();
        } catch (AccessDeniedException forbidden) {
            throw forbidden;
        } catch (FileSystemException | InvalidPathException missing) {
            // Also a file in place of a folder, a cycle of links, a name that this system cannot represent.
            return null;
        }
        return real.startsWith(realRoot) ? new ResolvedPath(real, FileVersion.attributes(real)) : null;
    }
}
