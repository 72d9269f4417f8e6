package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.LibC;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Thrown when the system refuses to start a process; contains errno and the system's message, in lower case as in Go. */
public final class LaunchFailedException extends IOException {
    static final int ENOENT = 2;
    public static final int E2BIG = 7;
    static final int ENOEXEC = 8;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int ENOTDIR = 20;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    /** The value of errno where it is not known. */
    static final int UNKNOWN = 0;

    private static final long serialVersionUID = 1L;

    // JDK 17: Cannot run program "x": error=7, Argument list too long
    // JDK 25: Cannot run program "x": Exec failed, error: 7 (Argument list too long)
    private static final Pattern JDK_MESSAGE = Pattern.compile(".*error(?:=|: )(\\d{1,4})(?:, | \\()([^()]+)\\)?\\s*");

    // After these errors no process runs: the JDK has started none, or has waited for the one that it started.
    private static final Set<Integer> BEFORE_THE_START =
            Set.of(ENOENT, E2BIG, ENOEXEC, EAGAIN, ENOMEM, EACCES, ENOTDIR, ENFILE, EMFILE);

    private final int errno;

    private LaunchFailedException(int errno, String reason, @Nullable IOException cause) {
        super(reason, cause);
        this.errno = errno;
    }

    /** Returns the exception for an errno of the C library. */
    static LaunchFailedException of(int errno) {
        return new LaunchFailedException(errno, LibC.describe(errno).toLowerCase(Locale.ROOT), null);
    }

    /** Returns the exception with the errno and the text that the JDK's message contains. */
    static LaunchFailedException of(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        Matcher matcher = JDK_MESSAGE.matcher(message);
        if (!matcher.matches()) {
            return new LaunchFailedException(UNKNOWN, message, failure);
        }
        int errno = Integer.parseInt(matcher.group(1));
        return new LaunchFailedException(errno, matcher.group(2).toLowerCase(Locale.ROOT), failure);
    }

    /** Returns the exception for a start that was not attempted, because too few descriptors are free. */
    static LaunchFailedException noDescriptors(IOException cause) {
        return new LaunchFailedException(EMFILE, "too many open files", cause);
    }

    public int errno() {
        return errno;
    }

    /** Returns whether the process may run although its start has failed. */
    boolean mayHaveStarted() {
        return !BEFORE_THE_START.contains(errno);
    }

    /** Returns whether the file may have been removed or moved since it was found. */
    public boolean isAboutTheFile() {
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
    }
}
