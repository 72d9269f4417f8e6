package dev.fnwatchdog.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogClockTest {
    private final AtomicLong now = new AtomicLong();

    /** Proves specification 6.1, 6.9. */
    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({
        "2006-01-02T15:04:05.999Z, UTC, 2006/01/02 15:04:05, 2006-01-02T15:04:05.999Z",
        "2024-02-29T23:59:59Z, UTC, 2024/02/29 23:59:59, 2024-02-29T23:59:59.000Z",
        "2024-12-31T23:30:00.007Z, Europe/Berlin, 2025/01/01 00:30:00, 2025-01-01T00:30:00.007+01:00",
        "2024-06-30T12:00:00Z, America/St_Johns, 2024/06/30 09:30:00, 2024-06-30T09:30:00.000-02:30",
        "1969-12-31T23:59:59.5Z, UTC, 1969/12/31 23:59:59, 1969-12-31T23:59:59.500Z",
    })
    void theTimeIsPrintedAsLocalTimeInGoFormAndInRfc3339(String instant, String zone, String text, String rfc3339) {
        now.set(Instant.parse(instant).toEpochMilli());
        LogClock clock = new LogClock(now::get, TimeZone.getTimeZone(zone));

        assertThat(text(clock)).isEqualTo(text);
        assertThat(rfc3339(clock)).isEqualTo(rfc3339);
    }

    @Test
    void thePrintedTimeChangesToAndFromDaylightSavingTimeAtTheExactSecond() {
        LogClock clock = new LogClock(now::get, TimeZone.getTimeZone("Europe/Berlin"));

        now.set(Instant.parse("2024-03-31T00:59:59Z").toEpochMilli());
        assertThat(rfc3339(clock)).isEqualTo("2024-03-31T01:59:59.000+01:00");
        now.addAndGet(1000);
        assertThat(text(clock)).isEqualTo("2024/03/31 03:00:00");

        now.set(Instant.parse("2024-10-27T00:59:59Z").toEpochMilli());
        assertThat(text(clock)).isEqualTo("2024/10/27 02:59:59");
        now.addAndGet(1000);
        assertThat(rfc3339(clock)).isEqualTo("2024-10-27T02:00:00.000+01:00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Pacific/Chatham"})
    void thePrintedTimeAgreesWithTheCalendarOfTheJdk(String zone) {
        LogClock clock = new LogClock(now::get, TimeZone.getTimeZone(zone));
        DateTimeFormatter text = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss");
        DateTimeFormatter rfc3339 = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            // From 1990 to 2100: before it some offsets had seconds.
            now.set(631_152_000_000L + (long) (random.nextDouble() * 3.4e12));
            ZonedDateTime expected = Instant.ofEpochMilli(now.get()).atZone(ZoneId.of(zone));
            assertThat(text(clock)).isEqualTo(text.format(expected));
            assertThat(rfc3339(clock)).isEqualTo(rfc3339.format(expected));
        }
    }

    private static String text(LogClock clock) {
        LineBuffer to = new LineBuffer(1);
        clock.text(to);
        return to.toString();
    }

    private static String rfc3339(LogClock clock) {
        LineBuffer to = new LineBuffer(1);
        clock.rfc3339(to);
        return to.toString();
    }
}
