package dev.fnwatchdog.undertow.internal.http;

/** Formats durations for the X-Duration-Seconds field: seconds with six decimals (specification 3.25). */
public final class DurationSeconds {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final int MICROS_PER_SECOND = 1_000_000;

    private DurationSeconds() {}

    public static String of(long nanos) {
        long micros = (nanos + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
        // With a digit before them, the decimals keep their zeros.
        String decimals = Long.toString(MICROS_PER_SECOND + micros % MICROS_PER_SECOND);
        return new StringBuilder()
                .append(micros / MICROS_PER_SECOND)
                .append('.')
                .append(decimals, 1, decimals.length())
                .toString();
    }
}
