package dev.fnwatchdog.core.log;

/** Escapes as Go's {@code %q} does, except the quote and the backslash, which have no meaning in an unquoted line. */
final class TextEscaping extends Escaping {
    private static final String NAMED = "\u0007\b\f\n\r\t\u000B";
    private static final String NAMES = "abfnrtv";

    TextEscaping() {
        super("");
    }

    @Override
    void escaped(LineBuffer to, int codePoint) {
        int named = NAMED.indexOf(codePoint);
        if (named >= 0) {
            to.oneByte('\\').oneByte(NAMES.charAt(named));
        } else if (codePoint < 0x80) {
            hex(to, 'x', codePoint, 2);
        } else if (codePoint < 0x10000) {
            hex(to, 'u', codePoint, 4);
        } else {
            hex(to, 'U', codePoint, 8);
        }
    }

    @Override
    void invalid(LineBuffer to, int value) {
        hex(to, 'x', value, 2);
    }
}
