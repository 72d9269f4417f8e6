package dev.fnwatchdog.core.log;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.TimeZone;
import java.util.function.LongSupplier;

/**
 * The timestamps of lines (specification 6.1, 6.9), in local time. The formatter of {@code java.time} would make startup
 * longer by 25 ms, and its zones by 20 ms more than {@link TimeZone}.
 *
 * <p>Threads: any number at once.
 */
final class LogClock {
    private final LongSupplier millis;
    private final TimeZone zone;

    LogClock(LongSupplier millis, TimeZone zone) {
        this.millis = millis;
        this.zone = zone;
    }

    static LogClock system() {
        return new LogClock(System::currentTimeMillis, TimeZone.getDefault());
    }

    /** Writes local time as Go's logger does: {@code 2006/01/02 15:04:05}. */
    void text(LineBuffer to) {
        long now = millis.getAsLong();
        dateAndTime(to, now + zone.getOffset(now), '/', ' ');
    }

    /** Writes RFC 3339 with milliseconds and offset. */
    void rfc3339(LineBuffer to) {
        long now = millis.getAsLong();
        int offset = zone.getOffset(now);
        dateAndTime(to, now + offset, '-', 'T');
        to.oneByte('.').padded(Math.floorMod(now, 1000), 3);
        offset(to, offset / 60_000);
    }

    /** @param local milliseconds since 1970 of the local time */
    private static void dateAndTime(LineBuffer to, long local, char dateSeparator, char timeSeparator) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(local, 1000), 0, ZoneOffset.UTC);
        to.padded(time.getYear(), 4)
                .oneByte(dateSeparator)
                .padded(time.getMonthValue(), 2)
                .oneByte(dateSeparator)
                .padded(time.getDayOfMonth(), 2)
                .oneByte(timeSeparator)
                .padded(time.getHour(), 2)
                .oneByte(':')
                .padded(time.getMinute(), 2)
                .oneByte(':')
                .padded(time.getSecond(), 2);
    }

    private static void offset(LineBuffer to, int minutes) {
        if (minutes == 0) {
            to.oneByte('Z');
            return;
        }
        int size = Math.abs(minutes);
        to.oneByte(minutes < 0 ? '-' : '+').padded(size / 60, 2).oneByte(':').padded(size % 60, 2);
    }
}
