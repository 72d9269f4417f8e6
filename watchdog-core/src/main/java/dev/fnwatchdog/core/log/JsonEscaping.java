package dev.fnwatchdog.core.log;

/** Escapes as RFC 8259 requires, and also what a terminal would act upon. */
final class JsonEscaping extends Escaping {
    JsonEscaping() {
        super("\"\\", "\"\\\b\f\n\r\t", "\"\\bfnrt");
    }

    @Override
    void numbered(LineBuffer to, int codePoint) {
        if (codePoint < 0x10000) {
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
