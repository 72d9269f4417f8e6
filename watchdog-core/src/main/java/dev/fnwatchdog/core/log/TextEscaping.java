package dev.fnwatchdog.core.log;

/** Escapes as Go's {@code %q} does, except the quote and the backslash, which have no meaning in an unquoted line. */
final class TextEscaping extends Escaping {
    TextEscaping() {
        super("", "\u0007\b\f\n\r\t\u000B", "abfnrtv");
    }

    @Override
    void numbered(LineBuffer to, int codePoint) {
        if (codePoint < 0x80) {
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
