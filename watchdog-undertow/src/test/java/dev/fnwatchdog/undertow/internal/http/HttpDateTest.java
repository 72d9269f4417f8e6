package dev.fnwatchdog.undertow.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the format of {@code Date}, which the watchdog adds (specification 9.7). */
class HttpDateTest {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(longs = {0, 784111777, 951782399, 951782400, 1772442846, 1798761599, 4102444800L})
    void aSecondIsFormattedAsAnHttpDate(long epochSecond) {
        assertThat(HttpDate.format(epochSecond)).isEqualTo(HTTP_DATE.format(Instant.ofEpochSecond(epochSecond)));
    }
}
