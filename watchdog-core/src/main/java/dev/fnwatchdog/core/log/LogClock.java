package dev.fnwatchdog.core.log;

import java.nio.charset.StandardCharsets;
import java.util.TimeZone;
import java.util.function.LongSupplier;

/**
 * The time that lines begin with. Its text is made once a second, offset from UTC included, so that a change to or from
 * daylight saving time shows in the second it happens. {@code java.time}'s formatter would do the same for 25 ms of the
 * start, and its zones for 20 ms more than {@link TimeZone}.
 *
 * <p>Threads: any number at once.
 */
final class LogClock {
    private static final int SECONDS_A_DAY = 86_400;

    private final LongSupplier millis;
    private final TimeZone zone;

    // Mutable state: replaced as a whole, so that two threads that both find it old do no harm.
    private volatile Second current;

    LogClock(LongSupplier millis, TimeZone zone) {
        this.millis = millis;
        this.zone = zone;
        this.current = second(Math.floorDiv(millis.getAsLong(), 1000));
    }

    static LogClock system() {
        return new LogClock(System::currentTimeMillis, TimeZone.getDefault());
    }

    /** Local time as Go's logger writes it: {@code 2006/01/02 15:04:05}. */
    void text(LineBuffer to) {
        to.bytes(at(millis.getAsLong()).text());
    }

    /** RFC 3339 with milliseconds and zone. */
    void rfc3339(LineBuffer to) {
        long now = millis.getAsLong();
        Second second = at(now);
        to.bytes(second.rfc3339()).padded(Math.floorMod(now, 1000), 3).bytes(second.offset());
    }

    private Second at(long now) {
        long wanted = Math.floorDiv(now, 1000);
        Second cached = current;
        if (cached.epochSecond() != wanted) {
            cached = second(wanted);
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

    /** One second's text. The arrays are never written again. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Second(long epochSecond, byte[] text, byte[] rfc3339, byte[] offset) {}

    /** A day of the Gregorian calendar. */
    private record Day(long year, long month, long day) {
        private static final int DAYS_IN_400_YEARS = 146_097;
        // From 1 March of the year 0: with the leap day last, a month's length no longer depends on the year.
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
