package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.LibC;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The system's refusal to start a process, with its number and in its own words, as Go writes them. */
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
    /** Where the number is not known. */
    static final int UNKNOWN = 0;

    private static final long serialVersionUID = 1L;

    // JDK 17: Cannot run program "x": error=7, Argument list too long
    // JDK 25: Cannot run program "x": Exec failed, error: 7 (Argument list too long)
    private static final Pattern WORDS = Pattern.compile(".*error(?:=|: )(\\d{1,4})(?:, | \\()([^()]+)\\)?\\s*");

    // With these the JDK has started nothing, or has waited for what it started.
    private static final Set<Integer> BEFORE_THE_START =
            Set.of(ENOENT, E2BIG, ENOEXEC, EAGAIN, ENOMEM, EACCES, ENOTDIR, ENFILE, EMFILE);

    private final int errno;

    private LaunchFailedException(int errno, String reason) {
        super(reason);
        this.errno = errno;
    }

    /** For the number of an error of the C library. */
    static LaunchFailedException of(int errno) {
        return new LaunchFailedException(errno, LibC.describe(errno).toLowerCase(Locale.ROOT));
    }

    private LaunchFailedException(int errno, String reason, IOException cause) {
        super(reason, cause);
        this.errno = errno;
    }

    /** Finds number and words in what the JDK says. */
    static LaunchFailedException of(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        Matcher words = WORDS.matcher(message);
        if (!words.matches()) {
            return new LaunchFailedException(UNKNOWN, message, failure);
        }
        int errno = Integer.parseInt(words.group(1));
        return new LaunchFailedException(errno, words.group(2).toLowerCase(Locale.ROOT), failure);
    }

    /** For a start that was not attempted, because this process has no descriptors for it. */
    static LaunchFailedException noDescriptors(IOException cause) {
        return new LaunchFailedException(EMFILE, "too many open files", cause);
    }

    public int errno() {
        return errno;
    }

    /** Whether the process may run although its start has failed. */
    boolean mayHaveStarted() {
        return !BEFORE_THE_START.contains(errno);
    }

    /** Whether the file may since have gone, or be somewhere else. */
    public boolean isAboutTheFile() {
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
    }
}
