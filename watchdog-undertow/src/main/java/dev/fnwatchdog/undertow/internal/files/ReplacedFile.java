package dev.fnwatchdog.undertow.internal.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Distinguishes a file that was replaced between lookup and opening from a disk that fails. The system reports a replaced file
 * in many ways: a link, a folder, a path below what is now a file.
 *
 * <p>Threads: any; reads the disk.
 */
final class ReplacedFile {
    /**
     * Part of the message for ELOOP, in the JDK and the C library. A link that was removed again leaves no other evidence.
     */
    private static final String SYMBOLIC_LINK = "symbolic link";

    private ReplacedFile() {}

    /**
     * Returns a {@link NoSuchFileException} where the path names no regular file any more, otherwise {@code failure}.
     */
    static IOException orFailure(Path path, IOException failure) {
        boolean unambiguous = failure instanceof NoSuchFileException || failure instanceof AccessDeniedException;
        boolean link = String.valueOf(failure.getMessage()).contains(SYMBOLIC_LINK);
        if (unambiguous || !(link || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))) {
            return failure;
        }
        NoSuchFileException replaced = new NoSuchFileException(path.toString(), null, "replaced meanwhile");
        replaced.initCause(failure);
        return replaced;
    }
}
