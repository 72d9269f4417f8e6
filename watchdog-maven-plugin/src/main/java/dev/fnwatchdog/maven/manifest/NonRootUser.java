package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The user that runs the watchdog, by number: an orchestrator cannot see of a name that it is not root's. */
public record NonRootUser(long user, long group) {
    private static final Pattern NUMBERS = Pattern.compile("([1-9][0-9]{0,8})(?::([1-9][0-9]{0,8}))?");

    /** Parses the user of the image; without a group, the group has the number of the user. */
    public static NonRootUser parse(String text) {
        Matcher numbers = NUMBERS.matcher(text);
        if (!numbers.matches()) {
            throw new InvalidParameterException(
                    "watchdog.image.user",
                    text,
                    "a number such as 12000 or 12000:12000, and not root's, so that an orchestrator can check it");
        }
        long user = Long.parseLong(numbers.group(1));
        return new NonRootUser(user, numbers.group(2) == null ? user : Long.parseLong(numbers.group(2)));
    }

    @Override
    public String toString() {
        return user + ":" + group;
    }
}
