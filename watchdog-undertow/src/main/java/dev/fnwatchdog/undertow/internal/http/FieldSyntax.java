package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;

/** Checks names and values of header fields against HTTP's grammar (RFC 9110, 5.1 and 5.5). */
public final class FieldSyntax {
    private FieldSyntax() {}

    /** Returns whether HTTP/1.1 can carry the names and values of all fields. */
    public static boolean isValid(HeaderMap headers) {
        for (HeaderValues values : headers) {
            if (!isToken(values.getHeaderName())) {
                return false;
            }
            for (String value : values) {
                if (!isValidValue(value)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isToken(HttpString name) {
        int length = name.length();
        for (int i = 0; i < length; i++) {
            if (!Tokens.isTokenByte(name.byteAt(i))) {
                return false;
            }
        }
        return length > 0;
    }

    private static boolean isValidValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Tokens.isControlByte(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
