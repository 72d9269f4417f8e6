package dev.fnwatchdog.core.log;

import java.nio.charset.StandardCharsets;

/**
 * Writes text from outside in a form that cannot mislead a reader of the log: characters that could begin a line, move
 * a cursor, colour a terminal or reverse text are escaped (specification 6.8).
 */
abstract class Escaping {
    // A request head may be a megabyte long; such a line would leave no room for others.
    private static final int MAX_WIRE_LENGTH = 32 * 1024;

    private final boolean[] plain = new boolean[0x80];

    private final String named;
    private final String names;

    /**
     * Creates an instance that prints printable ASCII unchanged, except the characters in {@code special}.
     *
     * @param named the characters that a backslash and a letter stand for
     * @param names those letters
     */
    Escaping(String special, String named, String names) {
        this.named = named;
        this.names = names;
        for (int c = ' '; c < 0x7F; c++) {
            plain[c] = special.indexOf(c) < 0;
        }
    }

    /** Writes the number of a character that is not printed unchanged and has no name. */
    abstract void numbered(LineBuffer to, int codePoint);

    /** Writes a byte that is not part of a UTF-8 character. */
    abstract void invalid(LineBuffer to, int value);

    /** Writes decoded text. */
    final void text(LineBuffer to, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii(to, c);
            } else {
                int codePoint = text.codePointAt(i);
                beyondAscii(to, codePoint);
                i += Character.charCount(codePoint) - 1;
            }
        }
    }

    /** Writes bytes from the wire, one per character; a very long text is cut and marked. */
    final void wire(LineBuffer to, String text) {
        int end = Math.min(text.length(), MAX_WIRE_LENGTH);
        int i = 0;
        while (i < end && text.charAt(i) < 0x80) {
            ascii(to, text.charAt(i));
            i++;
        }
        if (i < end) {
            wireBeyondAscii(to, text.substring(i, end));
        }
        if (end < text.length()) {
            to.ascii(" [cut]");
        }
    }

    private void wireBeyondAscii(LineBuffer to, String text) {
        if (text.chars().allMatch(c -> c <= 0xFF)) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            utf8(to, bytes, 0, bytes.length);
        } else {
            text(to, text);
        }
    }

    /** Writes bytes that should be UTF-8. */
    final void utf8(LineBuffer to, byte[] bytes, int offset, int length) {
        int end = offset + length;
        int i = offset;
        while (i < end) {
            byte value = bytes[i];
            if (value >= 0) {
                ascii(to, value);
                i++;
            } else {
                int codePoint = Utf8.codePoint(bytes, i, end);
                if (codePoint < 0) {
                    invalid(to, value & 0xFF);
                    i++;
                } else {
                    beyondAscii(to, codePoint);
                    i += Utf8.length(codePoint);
                }
            }
        }
    }

    private void escaped(LineBuffer to, int codePoint) {
        int name = named.indexOf(codePoint);
        if (name >= 0) {
            to.oneByte('\\').oneByte(names.charAt(name));
        } else {
            numbered(to, codePoint);
        }
    }

    private void ascii(LineBuffer to, int c) {
        if (plain[c]) {
            to.oneByte(c);
        } else {
            escaped(to, c);
        }
    }

    private void beyondAscii(LineBuffer to, int codePoint) {
        switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> escaped(to, codePoint);
            default -> to.codePoint(codePoint);
        }
    }

    /** Writes a backslash, a letter and the number in hexadecimal. */
    static void hex(LineBuffer to, char letter, int value, int digits) {
        to.oneByte('\\').oneByte(letter);
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            to.oneByte("0123456789abcdef".charAt((value >> shift) & 0xF));
        }
    }
}
