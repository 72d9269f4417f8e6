package dev.fnwatchdog.undertow;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads HTTP/1 messages as RFC 9112 has them, without any of the leniency that it permits. Written apart from the
 * watchdog's own parsers, so that the tests have a second opinion. A character is a byte.
 */
final class StrictReader {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    // Blanks before the end of the line are the only padding that is let through: it cannot move the end of a chunk.
    private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,15})[ \\t]*(;.*)?", Pattern.DOTALL);

    private final String bytes;

    // Mutable state
    private int at;

    StrictReader(String bytes) {
        this.bytes = bytes;
    }

    /** The message breaks the grammar. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String fault) {
            super(fault);
        }
    }

    /** The bytes end before the message does. */
    static final class IncompleteException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** How a sequence of messages ends. */
    enum End {
        CLEAN,
        CLOSED,
        INCOMPLETE,
        MALFORMED
    }

    /** One header field or trailer, without the blanks around its value. */
    record Field(String name, String value) {
        boolean named(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    int position() {
        return at;
    }

    boolean atEnd() {
        return at == bytes.length();
    }

    /** Passes over empty lines, which may stand before a request. */
    void skipEmptyLines() {
        while (bytes.startsWith("\r\n", at)) {
            at += 2;
        }
    }

    String line() throws MalformedException, IncompleteException {
        int end = bytes.indexOf('\n', at);
        if (end < 0) {
            throw new IncompleteException();
        }
        String line = bytes.substring(at, end);
        if (line.isEmpty() || line.indexOf('\r') != line.length() - 1) {
            throw new MalformedException("a line end that is not CR LF");
        }
        at = end + 1;
        return line.substring(0, line.length() - 1);
    }

    List<Field> fields() throws MalformedException, IncompleteException {
        List<Field> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 0 || !isToken(line.substring(0, colon))) {
                throw new MalformedException("a field without a proper name");
            }
            String value = line.substring(colon + 1).replaceAll("^[ \\t]+|[ \\t]+$", "");
            if (CONTROL.matcher(value).find()) {
                throw new MalformedException("a control byte in a value");
            }
            fields.add(new Field(line.substring(0, colon), value));
        }
        return fields;
    }

    /** The rest, whatever it is. */
    String rest() {
        String rest = bytes.substring(at);
        at = bytes.length();
        return rest;
    }

    String take(long count) throws IncompleteException {
        if (count > bytes.length() - at) {
            throw new IncompleteException();
        }
        String taken = bytes.substring(at, at + (int) count);
        at += (int) count;
        return taken;
    }

    String chunks() throws MalformedException, IncompleteException {
        StringBuilder body = new StringBuilder();
        for (long size = chunkSize(); size > 0; size = chunkSize()) {
            body.append(take(size));
            expectLineEnd();
        }
        fields();
        return body.toString();
    }

    private long chunkSize() throws MalformedException, IncompleteException {
        String line = line();
        if (!CHUNK.matcher(line).matches() || CONTROL.matcher(line).find()) {
            throw new MalformedException("a chunk's size");
        }
        return Long.parseLong(line.replaceAll("(?s)[ \\t;].*", ""), 16);
    }

    private void expectLineEnd() throws MalformedException, IncompleteException {
        String end = bytes.substring(at, Math.min(at + 2, bytes.length()));
        if (!"\r\n".startsWith(end)) {
            throw new MalformedException("a chunk that does not end where its size says");
        }
        take(2);
    }

    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    static long length(String text) throws MalformedException {
        if (!LENGTH.matcher(text).matches()) {
            throw new MalformedException("a length that is none");
        }
        return Long.parseLong(text);
    }

    static List<String> values(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.named(name))
                .map(Field::value)
                .toList();
    }

    /** Whether a list of tokens, in one field or several, holds {@code token}. */
    static boolean lists(List<Field> fields, String name, String token) {
        return values(fields, name).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .anyMatch(part -> part.strip().toLowerCase(Locale.ROOT).equals(token));
    }
}
