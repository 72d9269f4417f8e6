package dev.fnwatchdog.core.log;

/** Decodes strict UTF-8, one character at a time: no overlong forms, no surrogates. */
final class Utf8 {
    private Utf8() {}

    /** Returns the character that begins at {@code at}, or -1 if none does. */
    static int codePoint(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xFF;
        int more = lead < 0x80 ? 0 : lead < 0xC2 ? -1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : -1;
        if (more <= 0 || at + more >= end) {
            return more == 0 ? lead : -1;
        }
        int codePoint = lead & (0x3F >> more);
        for (int i = 1; i <= more; i++) {
            int next = bytes[at + i];
            if ((next & 0xC0) != 0x80) {
                return -1;
            }
            codePoint = (codePoint << 6) | (next & 0x3F);
        }
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        boolean valid = codePoint <= Character.MAX_CODE_POINT && !surrogate && length(codePoint) == more + 1;
        return valid ? codePoint : -1;
    }

    static int length(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
