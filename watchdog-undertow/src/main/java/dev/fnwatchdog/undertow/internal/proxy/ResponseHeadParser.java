package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Parses the response heads of one upstream connection, one at a time (RFC 9112, 4 and 5). After the head of an interim
 * response comes another one: the caller then calls {@link #nextHead()} (specification 3.29).
 *
 * <p>A line may end with a bare LF, which scripts send, and {@link ResponseFieldLines} repairs some field lines; everything
 * else that the grammar forbids is an error (specification 3.32).
 *
 * <p>Threads: belongs to one connection, and so to its I/O thread.
 */
final class ResponseHeadParser {
    /** The most bytes of one head, as many as a request head may have (specification 3.32, 7.13). */
    private static final int MAX_HEAD = 1024 * 1024;

    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.ISO_8859_1);
    private static final int INITIAL_LINE_SIZE = 256;

    /** The most bytes of a status line: Undertow cannot write one that is longer than one of its buffers. */
    private static final int MAX_STATUS_LINE = 8 * 1024;

    private final ResponseFieldLines fields = new ResponseFieldLines();

    // Mutable state
    private byte[] line = new byte[INITIAL_LINE_SIZE];
    private int length;
    private int total;
    private boolean started;
    private boolean statusLineRead;
    private int status;
    private String reason = "";
    private HttpString protocol = Protocols.HTTP_1_1;

    /** Prepares for the response to another request: the next byte is its first. */
    void reset() {
        started = false;
        nextHead();
    }

    /** Prepares for the head after that of an interim response. */
    void nextHead() {
        length = 0;
        total = 0;
        statusLineRead = false;
        fields.begin();
    }

    /** Returns whether a byte of the response has arrived, or of an interim response. */
    boolean started() {
        return started;
    }

    /**
     * Parses the next bytes. Returns true when a head is complete: the rest of {@code bytes} belongs to the body or, after an
     * interim response, to the next head.
     */
    boolean parse(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            started = true;
            int end = bytes.position();
            while (end < bytes.limit() && bytes.get(end) != '\n') {
                end++;
            }
            boolean lineEnds = end < bytes.limit();
            append(bytes, end - bytes.position());
            if (lineEnds) {
                bytes.position(end + 1);
                total++;
                if (endLine()) {
                    return true;
                }
            }
        }
        return false;
    }

    private void append(ByteBuffer bytes, int count) throws IOException {
        total += count;
        if (total > MAX_HEAD) {
            throw new MalformedMessageException("the response head is longer than 1 MiB");
        }
        if (length + count > line.length) {
            line = Arrays.copyOf(line, Math.max(length + count, length * 2));
        }
        bytes.get(line, length, count);
        length += count;
    }

    /** Returns whether the head is that of an interim response, and not the final one. 101 is final for HTTP. */
    boolean interim() {
        return status < 200 && status != 101;
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }

    HttpString protocol() {
        return protocol;
    }

    HeaderMap headers() {
        return fields.headers();
    }

    /** Returns a line for the log about the fields that were dropped, empty where there were none. */
    String warning() {
        return fields.warning();
    }

    private boolean endLine() throws IOException {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        length = 0;
        if (!statusLineRead) {
            parseStatusLine(end);
            statusLineRead = true;
            return false;
        }
        if (end > 0) {
            fields.add(line, end);
            return false;
        }
        fields.end();
        return true;
    }

    /**
     * Parses {@code HTTP/1.1 200 OK}. The reason phrase may be empty, and the space before it missing, as many servers
     * send it.
     */
    private void parseStatusLine(int end) throws IOException {
        boolean wellFormed = end >= 12
                && Arrays.equals(line, 0, VERSION.length, VERSION, 0, VERSION.length)
                && line[8] == ' '
                && (end == 12 || line[12] == ' ');
        if (end > MAX_STATUS_LINE) {
            throw new MalformedMessageException("the response's status line is longer than 8 KiB");
        }
        if (!wellFormed || line[7] < '0' || line[7] > '9') {
            throw new MalformedMessageException("the response does not begin with an HTTP/1 status line");
        }
        protocol = line[7] == '0' ? Protocols.HTTP_1_0 : Protocols.HTTP_1_1;
        status = parseDigit(9) * 100 + parseDigit(10) * 10 + parseDigit(11);
        // No status above 599 is defined, but some are in use (RFC 9110, 15).
        if (status < 100) {
            throw new MalformedMessageException("the response's status is less than 100");
        }
        reason = end > 13 ? HeaderLineParser.value(line, 13, end) : "";
    }

    private int parseDigit(int index) throws IOException {
        int digit = line[index] - '0';
        if (digit < 0 || digit > 9) {
            throw new MalformedMessageException("the response's status is not a number");
        }
        return digit;
    }
}
