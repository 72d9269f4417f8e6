package dev.fnwatchdog.core.log;

/**
 * Decides whether a line is one JSON object (RFC 8259) in UTF-8, so that it can pass as it is (specification 6.11). Nothing
 * is allocated for the values. An object that is nested more deeply than {@link #MAX_DEPTH} counts as text.
 *
 * <p>Threads: not thread-safe; used for one line.
 */
final class JsonObjectCheck {
    private static final int MAX_DEPTH = 62;

    private final byte[] bytes;
    private final int end;

    // Mutable state
    private int at;

    private JsonObjectCheck(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    static boolean isObject(byte[] bytes, int offset, int length) {
        return length >= 2 && bytes[offset] == '{' && new JsonObjectCheck(bytes, offset, length).isWholeObject();
    }

    private boolean isWholeObject() {
        boolean valid = value(0);
        skipBlanks();
        return valid && at == end;
    }

    /** @param depth the number of objects and arrays around the value */
    private boolean value(int depth) {
        skipBlanks();
        if (at == end) {
            return false;
        }
        byte first = bytes[at++];
        return switch (first) {
            case '{' -> depth < MAX_DEPTH && object(depth + 1);
            case '[' -> depth < MAX_DEPTH && array(depth + 1);
            case '"' -> string();
            case 't' -> word("rue");
            case 'f' -> word("alse");
            case 'n' -> word("ull");
            default -> number(first);
        };
    }

    private boolean object(int depth) {
        skipBlanks();
        if (accept('}')) {
            return true;
        }
        do {
            if (!member(depth)) {
                return false;
            }
            skipBlanks();
        } while (accept(','));
        return accept('}');
    }

    private boolean member(int depth) {
        skipBlanks();
        if (!accept('"') || !string()) {
            return false;
        }
        skipBlanks();
        return accept(':') && value(depth);
    }

    private boolean array(int depth) {
        skipBlanks();
        if (accept(']')) {
            return true;
        }
        do {
            if (!value(depth)) {
                return false;
            }
            skipBlanks();
        } while (accept(','));
        return accept(']');
    }

    private boolean string() {
        while (at < end) {
            byte c = bytes[at];
            if (c == '"') {
                at++;
                return true;
            }
            if (c == '\\') {
                at++;
                if (!escape()) {
                    return false;
                }
            } else {
                int codePoint = Utf8.codePoint(bytes, at, end);
                // Not DEL and the control characters after it either, which a terminal would act upon.
                if (codePoint < ' ' || (codePoint >= 0x7F && codePoint < 0xA0)) {
                    return false;
                }
                at += Utf8.length(codePoint);
            }
        }
        return false;
    }

    private boolean escape() {
        if (at == end) {
            return false;
        }
        byte escaped = bytes[at++];
        if (escaped != 'u') {
            return "\"\\/bfnrt".indexOf(escaped) >= 0;
        }
        for (int i = 0; i < 4; i++, at++) {
            if (at == end || Character.digit(bytes[at], 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean word(String rest) {
        for (int i = 0; i < rest.length(); i++, at++) {
            if (at == end || bytes[at] != rest.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean number(byte first) {
        int digit = first;
        if (first == '-') {
            if (at == end) {
                return false;
            }
            digit = bytes[at++];
        }
        if (digit < '0' || digit > '9') {
            return false;
        }
        if (digit != '0') {
            digits();
        }
        if (accept('.') && !digits()) {
            return false;
        }
        if (accept('e') || accept('E')) {
            boolean ignored = accept('+') || accept('-');
            return digits();
        }
        return true;
    }

    /** Returns whether there was at least one. */
    private boolean digits() {
        int from = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at > from;
    }

    private boolean accept(int wanted) {
        if (at < end && bytes[at] == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void skipBlanks() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
    }
}
