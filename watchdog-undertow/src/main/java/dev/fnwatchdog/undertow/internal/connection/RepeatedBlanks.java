package dev.fnwatchdog.undertow.internal.connection;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Keeps the field lines of a head that have several blanks in a row, and restores them in the values that Undertow's
 * parser has made of them: it leaves one of the blanks (specification 3.13).
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
final class RepeatedBlanks {
    private static final Pattern BLANKS = Pattern.compile("([ \\t])[ \\t]+");

    /** The most bytes of a line that is restored where it arrives in pieces. */
    private static final int MAX_LINE = 16 * 1024;

    /** The most bytes of a line for which memory is kept until the next line. */
    private static final int MAX_KEPT_LINE = 256;

    private final List<String> lines = new ArrayList<>(0);

    // Mutable state: what has arrived of a line whose end has not
    private ByteArrayOutputStream partial = new ByteArrayOutputStream(0);
    private boolean tooLong;

    /** Starts a head. */
    void begin() {
        lines.clear();
        resetPartial();
    }

    private void resetPartial() {
        tooLong = false;
        if (partial.size() > MAX_KEPT_LINE) {
            partial = new ByteArrayOutputStream(0);
        } else {
            partial.reset();
        }
    }

    /** Adds the first bytes of a line whose end has not arrived, or the bytes that follow them. */
    void addPartial(ByteBuffer bytes, int from, int to) {
        if (partial.size() + to - from > MAX_LINE) {
            tooLong = true;
        } else {
            byte[] more = new byte[to - from];
            bytes.get(from, more);
            partial.writeBytes(more);
        }
    }

    /**
     * Ends a line with its last bytes.
     *
     * @param repeated whether the line has several blanks in a row, and must be kept
     */
    void endLine(ByteBuffer bytes, int from, int to, boolean repeated) {
        if (repeated) {
            addPartial(bytes, from, to);
            if (!tooLong) {
                lines.add(partial.toString(StandardCharsets.ISO_8859_1).strip());
            }
        }
        resetPartial();
    }

    /** Restores the blanks in the header fields of the head. */
    void restore(HeaderMap headers) {
        for (int i = 0; i < lines.size(); i++) {
            restore(headers, lines.get(i));
        }
    }

    private static void restore(HeaderMap headers, String line) {
        int colon = line.indexOf(':');
        HeaderValues values = colon < 0 ? null : headers.get(line.substring(0, colon));
        if (values == null) {
            return;
        }
        String value = line.substring(colon + 1).strip();
        String collapsed = BLANKS.matcher(value).replaceAll("$1");
        for (int i = 0; i < values.size(); i++) {
            // Several Cookie lines have become one.
            String current = values.get(i);
            int index = current.indexOf(collapsed);
            if (current.length() == collapsed.length()
                    ? index == 0
                    : index >= 0 && line.regionMatches(true, 0, "Cookie", 0, colon)) {
                values.set(i, current.substring(0, index) + value + current.substring(index + collapsed.length()));
                return;
            }
        }
    }
}
