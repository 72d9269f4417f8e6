package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.StatusCodes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a request as names of folders and of a file. Each name is decoded for itself, so that no escape can become a
 * separator, and empty ones are passed over. What could lead elsewhere is no path at all: a name of dots, one that holds a
 * slash or a backslash.
 *
 * @param refusal why it is none, as a status; {@link StatusCodes#OK} where it is one
 * @param folder whether it ends with a slash
 */
record StaticPath(int refusal, List<String> names, boolean folder) {
    /** What file systems take for one name, in bytes. */
    private static final int LONGEST_NAME = 255;

    private static final int MOST_NAMES = 500;
    private static final StaticPath BAD = new StaticPath(StatusCodes.BAD_REQUEST, List.of(), false);
    private static final StaticPath NOWHERE = new StaticPath(StatusCodes.NOT_FOUND, List.of(), false);

    /** @param raw as it stood in the request line: a character a byte, with two hex digits after each percent sign */
    static StaticPath of(String raw) {
        if (!raw.startsWith("/")) {
            return NOWHERE;
        }
        List<String> names = new ArrayList<>();
        int from = 1;
        while (from < raw.length()) {
            int slash = raw.indexOf('/', from);
            int end = slash < 0 ? raw.length() : slash;
            if (end > from) {
                byte[] bytes = decode(raw, from, end);
                if (bytes.length > LONGEST_NAME || names.size() == MOST_NAMES || leadsElsewhere(bytes)) {
                    return NOWHERE;
                }
                try {
                    names.add(text(bytes));
                } catch (CharacterCodingException notUtf8) {
                    return BAD;
                }
                if (names.get(names.size() - 1).indexOf('\0') >= 0) {
                    return BAD;
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

    private static boolean leadsElsewhere(byte[] name) {
        boolean dots = name.length <= 2;
        for (byte b : name) {
            if (b == '/' || b == '\\') {
                return true;
            }
            dots &= b == '.';
        }
        return dots;
    }

    /** Its last name, empty for the root. */
    private String lastName() {
        return names.isEmpty() ? "" : names.get(names.size() - 1);
    }

    /** Relative to the root. */
    String relative() {
        return String.join("/", names);
    }

    /**
     * Where the folder of this path is that was asked for without its slash, as seen from the path itself: it names neither
     * a host nor what a gateway has put before the path.
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
