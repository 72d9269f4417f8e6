package dev.fnwatchdog.core.log;

/** Escapes as RFC 8259 requires, and also what a terminal would act upon. */
final class JsonEscaping extends Escaping {
    private static final String NAMED = "\"\\\b\f\n\r\t";
    private static final String NAMES = "\"\\bfnrt";

    JsonEscaping() {
        super("\"\\");
    }

    @Override
    void escaped(LineBuffer to, int codePoint) {
        int named = NAMED.indexOf(codePoint);
        if (named >= 0) {
            to.oneByte('\\').oneByte(NAMES.charAt(named));
        } else if (codePoint < 0x10000) {
            hex(to, 'u', codePoint, 4);
        } else {
            hex(to, 'u', Character.highSurrogate(codePoint), 4);
            hex(to, 'u', Character.lowSurrogate(codePoint), 4);
        }
    }

    @Override
    void invalid(LineBuffer to, int value) {
        // JSON is always UTF-8, therefore the byte itself cannot be shown.
        to.ascii("\\ufffd");
    }
}
