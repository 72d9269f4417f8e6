package dev.fnwatchdog.core.request;

/** Decodes the escapes of a path, with one char per byte on both sides. A plus sign stays a plus sign. */
final class PercentEncoding {
    private PercentEncoding() {}

    static String decode(String path) throws UnusableRequestException {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder decoded = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                c = (char) ((digit(path, i + 1) << 4) | digit(path, i + 2));
                i += 2;
            }
            decoded.append(c);
        }
        return decoded.toString();
    }

    private static int digit(String path, int at) throws UnusableRequestException {
        char c = at < path.length() ? path.charAt(at) : ' ';
        // Character.digit alone also accepts digits of other scripts.
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            throw new UnusableRequestException("a % in the path without two hexadecimal digits after it");
        }
        return digit;
    }
}
