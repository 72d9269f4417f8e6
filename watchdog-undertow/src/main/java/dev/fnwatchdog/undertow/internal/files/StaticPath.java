package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.StatusCodes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a request as names of folders and of a file (specification 1.27, 1.28). Each name is decoded separately, so no
 * escape becomes a separator; empty names are skipped. A path with a name of dots, or with a name that contains a slash or a
 * backslash, is refused because it could lead out of the folder.
 *
 * @param refusal the status with which the path is refused; {@link StatusCodes#OK} where it is valid
 * @param folder whether it ends with a slash
 */
record StaticPath(int refusal, List<String> names, boolean folder) {
    /** The longest name that file systems accept, in bytes. */
    private static final int MAX_NAME_BYTES = 255;

    private static final int MAX_NAMES = 500;
    private static final StaticPath BAD_REQUEST = new StaticPath(StatusCodes.BAD_REQUEST, List.of(), false);
    private static final StaticPath NOT_FOUND = new StaticPath(StatusCodes.NOT_FOUND, List.of(), false);

    /**
     * @param raw as in the request line: one character for each byte, with two hexadecimal digits after each percent sign
     */
    static StaticPath of(String raw) {
        if (!raw.startsWith("/")) {
            return NOT_FOUND;
        }
        List<String> names = new ArrayList<>();
        int from = 1;
        while (from < raw.length()) {
            int slash = raw.indexOf('/', from);
            int end = slash < 0 ? raw.length() : slash;
            if (end > from) {
                byte[] bytes = decode(raw, from, end);
                if (bytes.length > MAX_NAME_BYTES || names.size() == MAX_NAMES || isUnsafe(bytes)) {
                    return NOT_FOUND;
                }
                try {
                    names.add(text(bytes));
                } catch (CharacterCodingException notUtf8) {
                    return BAD_REQUEST;
                }
                if (names.get(names.size() - 1).indexOf('\0') >= 0) {
                    return BAD_REQUEST;
                }
            }
            from = end + 1;
        }
        return new StaticPath(StatusCodes.OK, List.copyOf(names), raw.endsWith("/"));
    }

    private static byte[] decode(String raw, int from, int to) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(to - from);
        for (int i = from; i < to; i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static boolean isUnsafe(byte[] name) {
        boolean dots = name.length <= 2;
        for (byte b : name) {
            if (b == '/' || b == '\\') {
                return true;
            }
            dots &= b == '.';
        }
        return dots;
    }

    /** Returns the last name, empty for the root. */
    private String lastName() {
        return names.isEmpty() ? "" : names.get(names.size() - 1);
    }

    /** Returns the path relative to the root. */
    String relative() {
        return String.join("/", names);
    }

    /**
     * Returns the location of this path with a final slash, relative to the path itself. It contains neither a host nor a
     * prefix that a gateway has removed from the path (specification 1.26).
     *
     * @param query as it came
     */
    String folderLocation(String query) {
        StringBuilder location = new StringBuilder("./");
        for (byte b : lastName().getBytes(StandardCharsets.UTF_8)) {
            append(location, b & 0xff, "-._~!$&'()*+,;=:@");
        }
        location.append('/');
        if (!query.isEmpty()) {
            location.append('?');
            query.chars().forEach(c -> append(location, c & 0xff, "-._~!$&'()*+,;=:@/?%[]"));
        }
        return location.toString();
    }

    private static void append(StringBuilder to, int b, String allowed) {
        boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
        if (plain || allowed.indexOf(b) >= 0) {
            to.append((char) b);
        } else {
            to.append('%').append(hexDigit(b >> 4)).append(hexDigit(b & 0xf));
        }
    }

    private static char hexDigit(int value) {
        return Character.toUpperCase(Character.forDigit(value, 16));
    }
}
