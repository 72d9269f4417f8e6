package dev.fnwatchdog.undertow.internal.files;

import dev.fnwatchdog.undertow.internal.http.HttpDate;
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
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/**
 * One content of one file, with its header values, and the content itself where it is small. Immutable.
 *
 * <p>Threads: any; reading and opening it blocks on the disk.
 */
final class FileVersion {
    /** In bytes. The largest content kept in memory; one write usually sends that much (specification 1.35). */
    private static final int MAX_KEPT = 32 * 1024;

    private static final int OVERHEAD = 600;
    private static final int MAX_READS = 3;

    /**
     * Files of reproducible images are dated 1970 or 1980 whatever they contain. Such a time does not distinguish two contents
     * (specification 1.29).
     */
    private static final Instant EARLIEST_VALID_TIME = Instant.parse("1980-01-03T00:00:00Z");

    private final Path path;
    private final @Nullable Object key;
    private final Instant time;
    private final long size;
    private final String type;
    private final String etag;
    private final String lastModified;
    private final String length;
    private final byte @Nullable [] content;

    private FileVersion(
            Path path, BasicFileAttributes seen, String type, String etagSuffix, byte @Nullable [] content) {
        this.path = path;
        this.key = seen.fileKey();
        this.time = seen.lastModifiedTime().toInstant();
        this.size = seen.size();
        this.type = type;
        boolean dated = !time.isBefore(EARLIEST_VALID_TIME);
        this.etag = dated ? "\"%x.%x-%x%s\"".formatted(time.getEpochSecond(), time.getNano(), size, etagSuffix) : "";
        this.lastModified = dated ? HttpDate.format(time.getEpochSecond()) : "";
        this.length = Long.toString(size);
        this.content = content;
    }

    /**
     * Reads a file.
     *
     * @param seen its attributes, read just before
     * @param type its media type
     * @param etagSuffix distinguishes its ETag from those of other responses with the same file
     * @throws IOException where it cannot be read or does not exist any more
     */
    static FileVersion read(Path path, BasicFileAttributes seen, String type, String etagSuffix) throws IOException {
        BasicFileAttributes before = seen;
        for (int i = 0; i < MAX_READS && before.size() <= MAX_KEPT; i++) {
            byte[] content = content(path);
            BasicFileAttributes after = attributes(path);
            if (same(before, after) && content.length == before.size()) {
                return new FileVersion(path, before, type, etagSuffix, content);
            }
            before = after;
        }
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(path.toString());
        }
        return new FileVersion(path, before, type, etagSuffix, null);
    }

    private static byte[] content(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(MAX_KEPT + 1);
        } catch (IOException failure) {
            throw ReplacedFile.orFailure(path, failure);
        }
    }

    /** Returns the attributes of what the path names, without following a link. */
    static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean same(BasicFileAttributes one, BasicFileAttributes other) {
        return one.size() == other.size()
                && one.lastModifiedTime().equals(other.lastModifiedTime())
                && Objects.equals(one.fileKey(), other.fileKey());
    }

    /** Returns whether a file is unchanged. */
    boolean isUnchanged(Path there, BasicFileAttributes now) {
        return path.equals(there)
                && size == now.size()
                && time.equals(now.lastModifiedTime().toInstant())
                && Objects.equals(key, now.fileKey());
    }

    /**
     * Opens a file whose content is not kept. It was looked up before: the content may be newer than the headers, which the
     * next lookup fixes. The reverse would stay wrong in caches.
     *
     * @throws NoSuchFileException also where its size has changed
     */
    FileChannel open() throws IOException {
        FileChannel opened = openPath();
        boolean same = false;
        try {
            same = isSizeOf(opened);
        } finally {
            if (!same) {
                IoUtils.safeClose(opened);
            }
        }
        if (!same) {
            throw replaced();
        }
        return opened;
    }

    private FileChannel openPath() throws IOException {
        try {
            return FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException failure) {
            throw ReplacedFile.orFailure(path, failure);
        }
    }

    /** Returns whether an open file has still the size of this version. */
    boolean isSizeOf(FileChannel opened) throws IOException {
        return opened.size() == size;
    }

    NoSuchFileException replaced() {
        return new NoSuchFileException(path.toString(), null, "replaced meanwhile");
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /** Returns {@link #size()} as text. */
    String length() {
        return length;
    }

    String type() {
        return type;
    }

    /** Returns the ETag; empty where no validator would distinguish this content from another. */
    String etag() {
        return etag;
    }

    /** Returns the time as an HTTP date; empty where it is not a valid validator. */
    String lastModified() {
        return lastModified;
    }

    long lastModifiedSecond() {
        return time.getEpochSecond();
    }

    /** Returns the content where it is kept. It must not be modified. */
    byte @Nullable [] content() {
        return content;
    }

    int footprint() {
        return OVERHEAD + (content == null ? 0 : content.length);
    }
}
