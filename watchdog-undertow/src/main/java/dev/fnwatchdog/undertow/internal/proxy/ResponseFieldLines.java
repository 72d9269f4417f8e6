package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The field lines of one response head. It accepts some that servers send although the grammar forbids them, and makes them
 * well-formed (specification 3.34):
 *
 * <ul>
 *   <li>Blanks before a colon are removed (RFC 9112, 5.1).
 *   <li>A folded line is joined with one space (RFC 9112, 5.2).
 *   <li>A field whose name is not a token is dropped; {@link #warning()} is to be logged.
 * </ul>
 *
 * <p>None of this holds for the fields that frame the body, and for names that another reader could take for those: two
 * readers must not disagree about the end of a response.
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
final class ResponseFieldLines {
    private static final int MAX_LOGGED_NAME = 64;

    /** What the last line was that is not folded. */
    private enum Previous {
        NONE,
        FIELD,
        DROPPED_FIELD
    }

    private final StringBuilder folded = new StringBuilder(0);

    // Mutable state
    private HeaderMap headers = new HeaderMap();
    private Previous previous = Previous.NONE;
    private HttpString lastName = HttpString.EMPTY;
    private int dropped;
    private String firstDropped = "";

    /** Starts a head, with a header map of its own. */
    void begin() {
        headers = new HeaderMap();
        previous = Previous.NONE;
        folded.setLength(0);
        dropped = 0;
    }

    /** Returns the fields, which are complete after {@link #end()}. */
    HeaderMap headers() {
        return headers;
    }

    /** Returns a line for the log about the fields that were dropped, empty where there were none. */
    String warning() {
        return dropped == 0
                ? ""
                : "Dropped header fields of the function's response, because their names are not tokens: %d, the first is %s"
                        .formatted(dropped, firstDropped);
    }

    /** Adds a line, which is not empty, without its line end; {@code line} is overwritten. */
    void add(byte[] line, int end) throws IOException {
        if (HeaderLineParser.isBlank(line[0])) {
            unfold(line, end);
        } else {
            end();
            addField(line, end);
        }
    }

    /** Ends the lines. */
    void end() {
        if (folded.length() > 0) {
            HeaderValues values = headers.get(lastName);
            values.set(values.size() - 1, folded.toString());
            folded.setLength(0);
            folded.trimToSize();
        }
    }

    private void addField(byte[] line, int end) throws IOException {
        if (!addIfNamed(line, end)) {
            repair(line, end);
        }
    }

    private boolean addIfNamed(byte[] line, int end) throws IOException {
        HttpString name = HeaderLineParser.addIfNamed(line, end, headers);
        if (name == null) {
            return false;
        }
        lastName = name;
        previous = Previous.FIELD;
        return true;
    }

    /** Removes the blanks before the colon, or drops the field. */
    private void repair(byte[] line, int end) throws IOException {
        int colon = 0;
        while (colon < end && line[colon] != ':') {
            colon++;
        }
        if (colon == end) {
            throw new MalformedMessageException("a header line has no colon");
        }
        if (namesFraming(line, colon)) {
            throw new MalformedMessageException("a header line that frames the body has a malformed name");
        }
        int nameEnd = colon;
        while (nameEnd > 0 && HeaderLineParser.isBlank(line[nameEnd - 1])) {
            nameEnd--;
        }
        System.arraycopy(line, colon, line, nameEnd, end - colon);
        if (!addIfNamed(line, end - (colon - nameEnd))) {
            drop(line, nameEnd);
        }
    }

    /** Returns whether a name would be one of those that frame the body if its malformed bytes were ignored. */
    private static boolean namesFraming(byte[] line, int length) {
        StringBuilder name = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            if (Tokens.isTokenByte(line[i])) {
                name.append((char) line[i]);
            }
        }
        return isFraming(name.toString());
    }

    private static boolean isFraming(String name) {
        return name.equalsIgnoreCase(Headers.CONTENT_LENGTH_STRING)
                || name.equalsIgnoreCase(Headers.TRANSFER_ENCODING_STRING);
    }

    private void drop(byte[] line, int nameEnd) {
        if (dropped++ == 0) {
            firstDropped = new String(line, 0, Math.min(nameEnd, MAX_LOGGED_NAME), StandardCharsets.ISO_8859_1);
        }
        previous = Previous.DROPPED_FIELD;
    }

    /** Adds a folded line to the value before it. */
    private void unfold(byte[] line, int end) throws IOException {
        if (previous == Previous.NONE) {
            throw new MalformedMessageException("the first header line begins with a blank");
        }
        String more = HeaderLineParser.value(line, 0, end);
        if (previous == Previous.DROPPED_FIELD) {
            return;
        }
        if (isFraming(lastName.toString())) {
            throw new MalformedMessageException("a header line that frames the body is folded");
        }
        if (folded.length() == 0) {
            folded.append(headers.getLast(lastName));
        }
        if (folded.length() > 0 && !more.isEmpty()) {
            folded.append(' ');
        }
        folded.append(more);
    }
}
