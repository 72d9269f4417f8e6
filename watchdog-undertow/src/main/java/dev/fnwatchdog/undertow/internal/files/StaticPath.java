package dev.fnwatchdog.undertow.internal.files;

import dev.fnwatchdog.undertow.internal.http.PercentDecoder;
import io.undertow.util.StatusCodes;
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
    /** The characters of a name and of a query that stay as they are in a location (RFC 3986, 3.3 and 3.4). */
    private static final String NAME_CHARACTERS = "-._~!$&'()*+,;=:@";

    private static final String QUERY_CHARACTERS = "-._~!$&'()*+,;=:@/?%[]";

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
                byte[] bytes = PercentDecoder.bytes(raw, from, end);
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
        String name = new String(lastName().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        location.append(PercentDecoder.escape(name, NAME_CHARACTERS)).append('/');
        if (!query.isEmpty()) {
            location.append('?').append(PercentDecoder.escape(query, QUERY_CHARACTERS));
        }
        return location.toString();
    }
}
