package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** When an image says that it was made: never by the clock. */
public final class CreationTime {
    private CreationTime() {}

    /** Reads Maven's {@code project.build.outputTimestamp}; where that is not set, or switched off, it is the epoch. */
    public static Instant parse(String text) {
        // Maven's own plugins take a single character as "not reproducible"; here nothing else is to be had.
        if (text.length() < 2) {
            return Instant.EPOCH;
        }
        try {
            return text.chars().allMatch(Character::isDigit)
                    ? Instant.ofEpochSecond(Long.parseLong(text))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException | NumberFormatException e) {
            throw new InvalidParameterException(
                    "watchdog.image.created",
                    text,
                    "seconds since the epoch or a time such as 2026-01-01T00:00:00Z",
                    e);
        }
    }
}
