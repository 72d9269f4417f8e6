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
 * The folder whose files are served. Links are followed as long as what they lead to lies inside it, so that a mounted
 * ConfigMap works: there each file is a link into a folder that is itself replaced through a link.
 *
 * <p>Threads: any; looking blocks on the disk.
 */
final class ServedFolder {
    private static final String INDEX = "index.html";
    private static final String GZIP_END = ".gz";
    private static final StaticLookup MISSING = new StaticLookup.Refused(StatusCodes.NOT_FOUND);
    private static final StaticLookup FORBIDDEN = new StaticLookup.Refused(StatusCodes.FORBIDDEN);
    private static final StaticLookup FOLDER = new StaticLookup.Folder();

    /** A mounted ConfigMap can be replaced under the eyes of whoever looks at it. */
    private static final int LOOKS = 3;

    private final Path root;
    private final boolean singlePage;

    /** @param singlePage whether the index answers for unknown paths */
    ServedFolder(Path root, boolean singlePage) {
        this.root = root;
        this.singlePage = singlePage;
    }

    /** Something inside the folder: where it is without any link, and what it is. */
    private record Seen(Path path, BasicFileAttributes attributes) {}

    /**
     * Looks what stands at a path.
     *
     * @param before what stood there the last time: a content that is still the same is not read again
     * @throws IOException where the disk fails
     */
    StaticLookup find(StaticPath path, @Nullable StaticFile before) throws IOException {
        if (path.refusal() != StatusCodes.OK) {
            return new StaticLookup.Refused(path.refusal());
        }
        try {
            for (int i = 0; i < LOOKS; i++) {
                try {
                    return look(path, before);
                } catch (NoSuchFileException vanished) {
                    // It was there a moment ago: then there is something else now.
                }
            }
            return MISSING;
        } catch (AccessDeniedException forbidden) {
            return FORBIDDEN;
        }
    }

    private StaticLookup look(StaticPath path, @Nullable StaticFile before) throws IOException {
        long now = System.nanoTime();
        StaticLookup found = lookAt(path, before, now);
        if (found == MISSING && singlePage) {
            return file(INDEX, StaticFile.Role.FALLBACK_PAGE, null, now);
        }
        return found;
    }

    private StaticLookup lookAt(StaticPath path, @Nullable StaticFile before, long now) throws IOException {
        String relative = path.relative();
        Seen seen = see(relative);
        if (seen == null) {
            return MISSING;
        }
        if (seen.attributes.isDirectory()) {
            String index = relative.isEmpty() ? INDEX : relative + '/' + INDEX;
            if (path.folder()) {
                return file(index, roleOf(index), before, now);
            }
            return singlePage && see(index) == null ? MISSING : FOLDER;
        }
        return path.folder() ? MISSING : file(relative, roleOf(relative), before, now);
    }

    private StaticFile.Role roleOf(String relative) {
        return singlePage && relative.equals(INDEX) ? StaticFile.Role.PAGE : StaticFile.Role.FILE;
    }

    private StaticLookup file(String relative, StaticFile.Role role, @Nullable StaticFile before, long now)
            throws IOException {
        Seen seen = see(relative);
        if (seen == null || !seen.attributes.isRegularFile()) {
            return MISSING;
        }
        String type = MediaTypes.of(relative);
        // A file that once stood at that path must not be taken for the page.
        String tagEnd = role == StaticFile.Role.FALLBACK_PAGE ? "-page" : "";
        FileVersion plain = version(seen, type, tagEnd, before == null ? null : before.plain());
        FileVersion known = before == null ? null : before.gzip().orElse(null);
        return new StaticFile(plain, compressed(relative + GZIP_END, type, tagEnd + "-gz", known), role, now);
    }

    private @Nullable FileVersion compressed(String relative, String type, String tagEnd, @Nullable FileVersion known)
            throws IOException {
        try {
            Seen seen = see(relative);
            return seen == null || !seen.attributes.isRegularFile() ? null : version(seen, type, tagEnd, known);
        } catch (AccessDeniedException forbidden) {
            // The file itself is there all the same.
            return null;
        }
    }

    private static FileVersion version(Seen seen, String type, String tagEnd, @Nullable FileVersion known)
            throws IOException {
        return known != null && known.isUnchanged(seen.path, seen.attributes)
                ? known
                : FileVersion.read(seen.path, seen.attributes, type, tagEnd);
    }

    /** Nothing where there is nothing, or where it leads out of the folder. */
    private @Nullable Seen see(String relative) throws IOException {
        Path inside;
        Path real;
        try {
            // Looked up each time: it may be a link itself, which somebody turns to another release.
            inside = root.toRealPath();
            real = inside.resolve(relative).toRealPath();
        } catch (AccessDeniedException forbidden) {
            throw forbidden;
        } catch (FileSystemException | InvalidPathException missing) {
            // Also: a file where a folder was expected, links in a circle, a name that this system cannot have.
            return null;
        }
        return real.startsWith(inside) ? new Seen(real, FileVersion.attributes(real)) : null;
    }
}
