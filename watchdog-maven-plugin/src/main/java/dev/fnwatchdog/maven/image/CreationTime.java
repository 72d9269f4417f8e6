package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** The creation time of an image, which never comes from the clock. */
public final class CreationTime {
    private CreationTime() {}

    /** Parses Maven's {@code project.build.outputTimestamp}; the epoch if it is not set or switched off. */
    public static Instant parse(String text) {
        // Maven's own plugins read a single character as "not reproducible"; images of this plugin are always
        // reproducible.
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
