package dev.fnwatchdog.core.health;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that says that the watchdog serves, for probes that look at files (contract 2). It contains the watchdog's port, and
 * is locked until it is removed: the system releases the lock when the process ends, however it ends.
 *
 * <p>Threads: any; each method is a few system calls.
 */
public final class LockFile {
    /** What there is under a lock file's name. */
    public enum State {
        ABSENT,
        /** Its watchdog runs. */
        HELD,
        /** Its watchdog has ended without removing it. */
        ABANDONED,
        /** No watchdog of this kind has written it, or it cannot be read. */
        FOREIGN
    }

    /**
     * What a look has found.
     *
     * @param state what there is
     * @param port where its watchdog listens; 0 where there is none
     */
    public record Inspection(State state, int port) {}

    private static final int LONGEST_CONTENT = 16;
    private static final Set<PosixFilePermission> MODE_0660 = PosixFilePermissions.fromString("rw-rw----");

    private final Path path;

    // Mutable state
    private @Nullable FileChannel held;

    public LockFile(Path path) {
        this.path = path;
    }

    /** Where the lock file is in a temporary directory. */
    public static Path in(Path temporaryDirectory) {
        return temporaryDirectory.resolve(".lock");
    }

    public Path path() {
        return path;
    }

    /**
     * Creates and locks the file, with mode 0660 whatever the umask.
     *
     * @param port where its watchdog listens
     * @throws IOException with a message that names the file, the reason and {@code suppress_lock}
     */
    public synchronized void write(int port) throws IOException {
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileSystemException(path.toString(), null, "is a directory");
            }
            // A link that waits under this well-known name is replaced, not followed.
            Files.deleteIfExists(path);
            FileChannel created = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            close(held);
            held = created;
            allowOwnerAndGroup();
            lock(created);
            created.write(ByteBuffer.wrap((port + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new IOException(
                    "cannot write the lock file %s: %s; with suppress_lock=true there is none"
                            .formatted(path, reason(e)),
                    e);
        }
    }

    public boolean present() {
        return Files.exists(path);
    }

    /** Removes the file; false where it is still there. */
    public synchronized boolean remove() {
        try {
            Files.deleteIfExists(path);
            return true;
        } catch (IOException stillThere) {
            // A shutdown goes on without: health and readiness refuse by the state alone.
            return false;
        } finally {
            close(held);
            held = null;
        }
    }

    /** Looks for the file, and for the watchdog that holds it. */
    public static Inspection inspect(Path path) {
        if (!Files.exists(path)) {
            return new Inspection(State.ABSENT, 0);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            int port = port(channel);
            if (port == 0) {
                return new Inspection(State.FOREIGN, 0);
            }
            return new Inspection(isLocked(channel) ? State.HELD : State.ABANDONED, port);
        } catch (NoSuchFileException removedMeanwhile) {
            return new Inspection(State.ABSENT, 0);
        } catch (IOException unreadable) {
            return new Inspection(State.FOREIGN, 0);
        }
    }

    private static int port(FileChannel channel) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(LONGEST_CONTENT);
        channel.read(content);
        String text = new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }

    private static boolean isLocked(FileChannel channel) {
        try (FileLock free = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return free == null;
        } catch (OverlappingFileLockException byThisProcess) {
            return true;
        } catch (IOException withoutLocks) {
            // A file system that has none says nothing of its watchdog, which can be asked.
            return true;
        }
    }

    /** Where the file system has no locks, whoever looks has to ask the watchdog. */
    private static void lock(FileChannel channel) {
        try {
            // Not tryLock: somebody may just look.
            channel.lock();
        } catch (IOException withoutLocks) {
            // See above.
        }
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // Nothing was left to be written.
        }
    }

    private void allowOwnerAndGroup() throws IOException {
        try {
            Files.setPosixFilePermissions(path, MODE_0660);
        } catch (UnsupportedOperationException withoutModes) {
            // Such a file system has nothing that could be set.
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason.toLowerCase(Locale.ROOT);
    }
}
