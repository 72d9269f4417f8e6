package dev.fnwatchdog.undertow.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/**
 * One content of one file, with all that its headers say of it, and the content itself where it is small. Immutable.
 *
 * <p>Threads: any; making one, and opening it, reads the disk.
 */
final class FileVersion {
    /** What is kept in memory. One of that size is out with one write, as a rule. */
    private static final int LONGEST_KEPT = 32 * 1024;

    private static final int OVERHEAD = 600;
    private static final int READS = 3;

    /**
     * Images that are built to be reproducible have their files made in 1970 or 1980, whatever is in them: such a time does
     * not tell one content from the next.
     */
    private static final Instant FIRST_REAL_TIME = Instant.parse("1980-01-03T00:00:00Z");

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Path path;
    private final @Nullable Object key;
    private final Instant time;
    private final long size;
    private final String type;
    private final String etag;
    private final String lastModified;
    private final String length;
    private final byte @Nullable [] content;

    private FileVersion(Path path, BasicFileAttributes seen, String type, String tagEnd, byte @Nullable [] content) {
        this.path = path;
        this.key = seen.fileKey();
        this.time = seen.lastModifiedTime().toInstant();
        this.size = seen.size();
        this.type = type;
        boolean dated = !time.isBefore(FIRST_REAL_TIME);
        this.etag = dated ? "\"%x.%x-%x%s\"".formatted(time.getEpochSecond(), time.getNano(), size, tagEnd) : "";
        this.lastModified = dated ? HTTP_DATE.format(time) : "";
        this.length = Long.toString(size);
        this.content = content;
    }

    /**
     * Reads a file.
     *
     * @param seen its attributes of just now
     * @param type its media type
     * @param tagEnd what tells its ETag from those of other answers with the same file
     * @throws IOException where it cannot be read, or is gone
     */
    static FileVersion read(Path path, BasicFileAttributes seen, String type, String tagEnd) throws IOException {
        BasicFileAttributes before = seen;
        for (int i = 0; i < READS && before.size() <= LONGEST_KEPT; i++) {
            byte[] content = content(path);
            BasicFileAttributes after = attributes(path);
            if (same(before, after) && content.length == before.size()) {
                return new FileVersion(path, before, type, tagEnd, content);
            }
            before = after;
        }
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        return new FileVersion(path, before, type, tagEnd, null);
    }

    private static byte[] content(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(LONGEST_KEPT + 1);
        } catch (IOException failure) {
            throw ReplacedFile.orFailure(path, failure);
        }
    }

    /** The attributes of a file, or of whatever stands at a path without links. */
    static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean same(BasicFileAttributes one, BasicFileAttributes other) {
        return one.size() == other.size()
                && one.lastModifiedTime().equals(other.lastModifiedTime())
                && Objects.equals(one.fileKey(), other.fileKey());
    }

    /** Whether a file still is what it was. */
    boolean isUnchanged(Path there, BasicFileAttributes now) {
        return path.equals(there)
                && size == now.size()
                && time.equals(now.lastModifiedTime().toInstant())
                && Objects.equals(key, now.fileKey());
    }

    /**
     * Opens the file, whose content is not kept. The look that made this version was before: what is read may be newer than
     * what the headers say, which the next look mends; the other way round would stay wrong in caches.
     *
     * @throws NoSuchFileException also where it has another size by now
     */
    FileChannel open() throws IOException {
        FileChannel opened = openHere();
        boolean same = false;
        try {
            same = opened.size() == size;
        } finally {
            if (!same) {
                IoUtils.safeClose(opened);
            }
        }
        if (!same) {
            throw new NoSuchFileException(path.toString(), null, "replaced meanwhile");
        }
        return opened;
    }

    private FileChannel openHere() throws IOException {
        try {
            return FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException failure) {
            throw ReplacedFile.orFailure(path, failure);
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /** {@link #size()} as text. */
    String length() {
        return length;
    }

    String type() {
        return type;
    }

    /** Empty where nothing is known that would tell this content from another. */
    String etag() {
        return etag;
    }

    /** As an HTTP date; empty where the time means nothing. */
    String lastModified() {
        return lastModified;
    }

    long lastModifiedSecond() {
        return time.getEpochSecond();
    }

    /** The content where it is kept. Nobody changes it. */
    byte @Nullable [] content() {
        return content;
    }

    int footprint() {
        return OVERHEAD + (content == null ? 0 : content.length);
    }
}
