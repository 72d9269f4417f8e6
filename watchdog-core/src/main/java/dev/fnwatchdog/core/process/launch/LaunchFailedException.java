package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.LibC;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The system's refusal to start a process, with its number and in its own words, as Go writes them. */
public final class LaunchFailedException extends IOException {
    static final int ENOENT = 2;
    public static final int E2BIG = 7;
    static final int ENOEXEC = 8;
    static final int EACCES = 13;
    static final int ENOTDIR = 20;
    /** Where the number is not known. */
    static final int UNKNOWN = 0;

    private static final long serialVersionUID = 1L;

    // JDK 17: Cannot run program "x": error=7, Argument list too long
    // JDK 25: Cannot run program "x": Exec failed, error: 7 (Argument list too long)
    private static final Pattern WORDS = Pattern.compile(".*error(?:=|: )(\\d{1,4})(?:, | \\()([^()]+)\\)?\\s*");

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

    public int errno() {
        return errno;
    }

    /** Whether the file may since have gone, or be somewhere else. */
    public boolean isAboutTheFile() {
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
    }
}
