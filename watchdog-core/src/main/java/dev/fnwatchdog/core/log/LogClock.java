package dev.fnwatchdog.core.log;

import java.nio.charset.StandardCharsets;
import java.util.TimeZone;
import java.util.function.LongSupplier;

/**
 * The timestamps of lines (specification 6.1, 6.9). Their text is formatted once per second, including the offset from
 * UTC: a change to or from daylight saving time shows in the second in which it happens. {@code java.time} would make
 * startup longer: by 25 ms for its formatter, and by 20 ms more than {@link TimeZone} for its zones.
 *
 * <p>Threads: any number at once.
 */
final class LogClock {
    private static final int SECONDS_A_DAY = 86_400;

    private final LongSupplier millis;
    private final TimeZone zone;

    // Mutable state: replaced as a whole; two threads that both find it outdated do no harm.
    private volatile Second current;

    LogClock(LongSupplier millis, TimeZone zone) {
        this.millis = millis;
        this.zone = zone;
        this.current = second(Math.floorDiv(millis.getAsLong(), 1000));
    }

    static LogClock system() {
        return new LogClock(System::currentTimeMillis, TimeZone.getDefault());
    }

    /** Writes local time as Go's logger does: {@code 2006/01/02 15:04:05}. */
    void text(LineBuffer to) {
        to.bytes(at(millis.getAsLong()).text());
    }

    /** Writes RFC 3339 with milliseconds and offset. */
    void rfc3339(LineBuffer to) {
        long now = millis.getAsLong();
        Second second = at(now);
        to.bytes(second.rfc3339()).padded(Math.floorMod(now, 1000), 3).bytes(second.offset());
    }

    private Second at(long now) {
        long epochSecond = Math.floorDiv(now, 1000);
        Second cached = current;
        if (cached.epochSecond() != epochSecond) {
            cached = second(epochSecond);
            current = cached;
        }
        return cached;
    }

    private Second second(long epochSecond) {
        int offset = zone.getOffset(epochSecond * 1000) / 1000;
        long local = epochSecond + offset;
        Day day = Day.since1970(Math.floorDiv(local, SECONDS_A_DAY));
        int ofDay = (int) Math.floorMod(local, (long) SECONDS_A_DAY);
        return new Second(
                epochSecond,
                ascii(time(day.write(new LineBuffer(32), '/').oneByte(' '), ofDay)),
                ascii(time(day.write(new LineBuffer(32), '-').oneByte('T'), ofDay)
                        .oneByte('.')),
                ascii(offset(offset / 60)));
    }

    private static LineBuffer time(LineBuffer to, int ofDay) {
        return to.padded(ofDay / 3600, 2)
                .oneByte(':')
                .padded(ofDay / 60 % 60, 2)
                .oneByte(':')
                .padded(ofDay % 60, 2);
    }

    private static LineBuffer offset(int minutes) {
        LineBuffer to = new LineBuffer(8);
        if (minutes == 0) {
            return to.oneByte('Z');
        }
        int size = Math.abs(minutes);
        return to.oneByte(minutes < 0 ? '-' : '+')
                .padded(size / 60, 2)
                .oneByte(':')
                .padded(size % 60, 2);
    }

    private static byte[] ascii(LineBuffer text) {
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The text of one second. The arrays are never modified. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Second(long epochSecond, byte[] text, byte[] rfc3339, byte[] offset) {}

    /** A day of the Gregorian calendar. */
    private record Day(long year, long month, long day) {
        private static final int DAYS_IN_400_YEARS = 146_097;
        // Counted from 1 March of the year 0: with the leap day last, the length of a month does not depend on the
        // year.
        private static final int DAYS_FROM_YEAR_0_TO_1970 = 719_468;

        static Day since1970(long epochDay) {
            long days = epochDay + DAYS_FROM_YEAR_0_TO_1970;
            long cycle = Math.floorDiv(days, DAYS_IN_400_YEARS);
            long inCycle = Math.floorMod(days, DAYS_IN_400_YEARS);
            long year = (inCycle - inCycle / 1460 + inCycle / 36_524 - inCycle / 146_096) / 365;
            long inYear = inCycle - (365 * year + year / 4 - year / 100);
            long fromMarch = (5 * inYear + 2) / 153;
            long month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
            return new Day(cycle * 400 + year + (month <= 2 ? 1 : 0), month, inYear - (153 * fromMarch + 2) / 5 + 1);
        }

        LineBuffer write(LineBuffer to, char separator) {
            return to.padded(year, 4)
                    .oneByte(separator)
                    .padded(month, 2)
                    .oneByte(separator)
                    .padded(day, 2);
        }
    }
}
