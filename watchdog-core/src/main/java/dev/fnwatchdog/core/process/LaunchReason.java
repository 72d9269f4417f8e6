package dev.fnwatchdog.core.process;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why the system did not start a process, in its own words and as Go writes them. */
final class LaunchReason {
    // JDK 17: Cannot run program "x": error=7, Argument list too long
    // JDK 25: Cannot run program "x": Exec failed, error: 7 (Argument list too long)
    private static final Pattern WORDS = Pattern.compile(".*error(?:=|: )\\d+(?:, | \\()([^()]+)\\)?\\s*");

    private LaunchReason() {}

    static String of(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        Matcher words = WORDS.matcher(message);
        return words.matches() ? words.group(1).toLowerCase(Locale.ROOT) : message;
    }
}
