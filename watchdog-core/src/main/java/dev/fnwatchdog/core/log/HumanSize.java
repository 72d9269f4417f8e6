package dev.fnwatchdog.core.log;

/** Prints sizes as Docker does: in decimal units and with at most four significant digits (specification 6.5). */
public final class HumanSize {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final long[] SCALES = {1, 10, 100, 1000};

    private HumanSize() {}

    /** Such as {@code 39B}, {@code 1.024kB} or {@code 10MB}; {@code -1B} means an unknown size. */
    public static String format(long bytes) {
        LineBuffer text = new LineBuffer(16);
        append(text, bytes);
        return text.toString();
    }

    static void append(LineBuffer to, long bytes) {
        if (bytes < 1000) {
            to.number(bytes).oneByte('B');
            return;
        }
        double size = (double) bytes;
        int unit = 0;
        while (size >= 1000) {
            size /= 1000;
            unit++;
        }
        int decimals = size < 10 ? 3 : size < 100 ? 2 : 1;
        long digits = round(size, SCALES[decimals]);
        while (decimals > 0 && digits % 10 == 0) {
            digits /= 10;
            decimals--;
        }
        to.number(digits / SCALES[decimals]);
        if (decimals > 0) {
            to.oneByte('.').padded(digits, decimals);
        }
        to.ascii(UNITS[unit]);
    }

    /**
     * Rounds as printf's {@code %.4g} does: the exact value of the double decides, and 1.0005, which is stored as a
     * little less, is rounded down. The fused operation compares exactly, without a BigDecimal.
     */
    private static long round(double size, long scale) {
        long floor = (long) (size * (double) scale);
        double aboveHalf = Math.fma(size, (double) scale, -((double) floor + 0.5));
        return aboveHalf > 0 || (aboveHalf == 0 && floor % 2 == 1) ? floor + 1 : floor;
    }
}
