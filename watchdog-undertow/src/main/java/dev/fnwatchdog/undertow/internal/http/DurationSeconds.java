package dev.fnwatchdog.undertow.internal.http;

/** Formats durations for the X-Duration-Seconds field: seconds with six decimals (specification 3.25). */
public final class DurationSeconds {
    private static final int DECIMALS = 6;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private DurationSeconds() {}

    public static String of(long nanos) {
        long micros = (nanos + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
        String seconds = Long.toString(micros / MICROS_PER_SECOND);
        char[] text = new char[seconds.length() + 1 + DECIMALS];
        seconds.getChars(0, seconds.length(), text, 0);
        text[seconds.length()] = '.';
        long fraction = micros % MICROS_PER_SECOND;
        for (int i = text.length - 1; i > seconds.length(); i--) {
            text[i] = (char) ('0' + fraction % 10);
            fraction /= 10;
        }
        return new String(text);
    }
}
