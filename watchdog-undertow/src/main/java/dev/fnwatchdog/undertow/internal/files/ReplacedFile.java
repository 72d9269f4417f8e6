package dev.fnwatchdog.undertow.internal.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Distinguishes a file that was replaced between a look at it and its opening from a disk that fails. The system reports the
 * first in many ways: a link, a folder, something below what is a file now.
 *
 * <p>Threads: any; looks at the disk.
 */
final class ReplacedFile {
    /** ELOOP, as the JDK and the C library word it: a link that is already gone again leaves no other trace. */
    private static final String LINK = "symbolic link";

    private ReplacedFile() {}

    /** The failure as it is; as a {@link NoSuchFileException} where no regular file stands at the path any more. */
    static IOException orFailure(Path path, IOException failure) {
        boolean clear = failure instanceof NoSuchFileException || failure instanceof AccessDeniedException;
        boolean link = String.valueOf(failure.getMessage()).contains(LINK);
        if (clear || !(link || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))) {
            return failure;
        }
        NoSuchFileException replaced = new NoSuchFileException(path.toString(), null, "replaced meanwhile");
        replaced.initCause(failure);
        return replaced;
    }
}
