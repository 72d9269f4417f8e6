package dev.fnwatchdog.core.health;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/**
 * The file that says that the watchdog serves, for probes that look at files (contract 2).
 *
 * <p>Threads: any; each method is a few system calls.
 */
public final class LockFile {
    private static final Set<PosixFilePermission> MODE_0660 = PosixFilePermissions.fromString("rw-rw----");

    private final Path path;

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
     * Creates the file anew, empty, with mode 0660 whatever the umask.
     *
     * @throws IOException with a message that names the file, the reason and {@code suppress_lock}
     */
    public void write() throws IOException {
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileSystemException(path.toString(), null, "is a directory");
            }
            // Created and never opened: a link that waits under this well-known name is replaced, not followed.
            Files.deleteIfExists(path);
            Files.createFile(path);
            allowOwnerAndGroup();
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
    public boolean remove() {
        try {
            Files.deleteIfExists(path);
            return true;
        } catch (IOException stillThere) {
            // A shutdown goes on without: health and readiness refuse by the state alone.
            return false;
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
