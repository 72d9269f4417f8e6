package dev.fnwatchdog.undertow.internal.http;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Formats times as HTTP writes them (RFC 9110, 5.6.7). It needs no {@code DateTimeFormatter}, whose first use loads the names of
 * days and months in all languages.
 */
public final class HttpDate {
    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private HttpDate() {}

    /**
     * Returns for example {@code Thu, 01 Jan 1970 00:00:00 GMT}.
     *
     * @param epochSecond seconds since 1970, in the years 1000 to 9999
     */
    public static String format(long epochSecond) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder("Thu, 01 Jan 1970 00:00:00 GMT".length());
        text.append(DAYS[time.getDayOfWeek().getValue() - 1]).append(", ");
        appendTwo(text, time.getDayOfMonth()).append(' ');
        text.append(MONTHS[time.getMonthValue() - 1]).append(' ');
        text.append(time.getYear()).append(' ');
        appendTwo(text, time.getHour()).append(':');
        appendTwo(text, time.getMinute()).append(':');
        return appendTwo(text, time.getSecond()).append(" GMT").toString();
    }

    private static StringBuilder appendTwo(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
