package dev.fnwatchdog.core.health;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * The lock file, which shows probes that the watchdog serves (specification 2.20). It contains the watchdog's port and
 * is locked until it is removed: the system releases the lock when the process ends, however it ends.
 *
 * <p>Threads: any; each method makes a few system calls.
 */
public final class LockFile {
    /** What exists under a lock file's name. */
    public enum State {
        ABSENT,
        /** The watchdog that wrote it runs. */
        HELD,
        /** The watchdog that wrote it has ended without removing it. */
        ABANDONED,
        /** It was not written by a watchdog of this kind, or it cannot be read. */
        FOREIGN
    }

    /**
     * The result of {@link #inspect}.
     *
     * @param state what exists
     * @param port the port of the watchdog that wrote it; 0 if there is none
     */
    public record Inspection(State state, int port) {}

    private static final int MAX_CONTENT_BYTES = 16;
    private static final Set<PosixFilePermission> MODE_0660 = PosixFilePermissions.fromString("rw-rw----");

    private final Path path;

    // Mutable state
    @GuardedBy("this")
    private @Nullable FileChannel held;

    public LockFile(Path path) {
        this.path = path;
    }

    /** Returns the path of the lock file in a temporary directory. */
    public static Path in(Path temporaryDirectory) {
        return temporaryDirectory.resolve(".lock");
    }

    public Path path() {
        return path;
    }

    /**
     * Creates and locks the file, with mode 0660 whatever the umask.
     *
     * @param port the port on which the watchdog listens
     * @throws IOException with a message that names the file, the reason and {@code suppress_lock} (specification 2.21)
     */
    public synchronized void write(int port) throws IOException {
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileSystemException(path.toString(), null, "is a directory");
            }
            // A link under this well-known name is replaced, not followed.
            Files.deleteIfExists(path);
            FileChannel created = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            close(held);
            held = created;
            allowOwnerAndGroup();
            lock(created);
            created.write(ByteBuffer.wrap((port + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new IOException(
                    "cannot write the lock file %s: %s; set suppress_lock=true to run without one"
                            .formatted(path, reason(e)),
                    e);
        }
    }

    public boolean present() {
        return Files.exists(path);
    }

    /** Removes the file; false if it still exists. */
    public synchronized boolean remove() {
        try {
            Files.deleteIfExists(path);
            return true;
        } catch (IOException stillThere) {
            // Shutdown goes on: the state alone makes health and readiness fail.
            return false;
        } finally {
            close(held);
            held = null;
        }
    }

    /** Looks for the file, and for a watchdog that holds its lock. */
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
        ByteBuffer content = ByteBuffer.allocate(MAX_CONTENT_BYTES);
        channel.read(content);
        String text = new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }

    private static boolean isLocked(FileChannel channel) {
        try (FileLock acquired = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return acquired == null;
        } catch (OverlappingFileLockException byThisProcess) {
            return true;
        } catch (IOException withoutLocks) {
            // A file system without locks gives no information; the caller has to ask the watchdog.
            return true;
        }
    }

    /** Locks the file. If the file system has no locks, readers have to ask the watchdog. */
    private static void lock(FileChannel channel) {
        try {
            // Not tryLock: a reader may hold a shared lock for a moment.
            channel.lock();
        } catch (IOException withoutLocks) {
            // See the comment of this method.
        }
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // Nothing is left to write.
        }
    }

    private void allowOwnerAndGroup() throws IOException {
        try {
            Files.setPosixFilePermissions(path, MODE_0660);
        } catch (UnsupportedOperationException withoutModes) {
            // The file system has no permissions to set.
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
