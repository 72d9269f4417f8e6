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
 * Reads the head of one response at a time from a function's connection (RFC 9112, 4 and 5). Interim responses other
 * than 101 are read and dropped: the next head is the answer.
 *
 * <p>A line may end with a bare LF, which scripts send; everything else that the grammar forbids is an error.
 *
 * <p>Threads: belongs to one connection, so to its IO thread.
 */
final class ResponseHeadParser {
    /** The most that one head may take, in bytes: as much as a client's (contract 7). */
    private static final int LONGEST_HEAD = 1024 * 1024;

    private static final int FIRST_LINE_SIZE = 256;

    /** A status line fits into one of Undertow's buffers; it writes no longer one. */
    private static final int LONGEST_STATUS_LINE = 8 * 1024;

    private final HeaderLineParser lines;

    // Mutable state
    private byte[] line = new byte[FIRST_LINE_SIZE];
    private int length;
    private int total;
    private boolean started;
    private boolean statusLineRead;
    private int status;
    private String reason = "";
    private HttpString protocol = Protocols.HTTP_1_1;
    private HeaderMap headers = new HeaderMap();

    ResponseHeadParser(HeaderLineParser lines) {
        this.lines = lines;
    }

    /** The next bytes are the first of another call's response. */
    void reset() {
        started = false;
        nextHead();
    }

    private void nextHead() {
        length = 0;
        total = 0;
        statusLineRead = false;
        headers = new HeaderMap();
    }

    /** Whether a byte of the response has arrived, be it of an interim one. */
    boolean started() {
        return started;
    }

    /** Reads on. True when the final head is complete: what is left in {@code bytes} belongs to the body. */
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
        if (total > LONGEST_HEAD) {
            throw new MalformedMessageException("the response head is longer than 1 MiB");
        }
        if (length + count > line.length) {
            line = Arrays.copyOf(line, Math.max(length + count, length * 2));
        }
        bytes.get(line, length, count);
        length += count;
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
        return headers;
    }

    private boolean endLine() throws IOException {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        length = 0;
        if (!statusLineRead) {
            statusLine(end);
            statusLineRead = true;
            return false;
        }
        if (end > 0) {
            headerLine(end);
            return false;
        }
        if (status < 200 && status != 101) {
            nextHead();
            return false;
        }
        return true;
    }

    private void headerLine(int end) throws IOException {
        if (HeaderLineParser.isBlank(line[0])) {
            throw new MalformedMessageException("a header line is folded");
        }
        lines.add(line, end, headers);
    }

    /** {@code HTTP/1.1 200 OK}; the reason may be empty, and the space before it missing, as many servers send it. */
    private void statusLine(int end) throws IOException {
        boolean known = end >= 12
                && line[0] == 'H'
                && line[1] == 'T'
                && line[2] == 'T'
                && line[3] == 'P'
                && line[4] == '/'
                && line[5] == '1'
                && line[6] == '.'
                && line[8] == ' '
                && (end == 12 || line[12] == ' ');
        if (end > LONGEST_STATUS_LINE) {
            throw new MalformedMessageException("the response's status line is longer than 8 KiB");
        }
        if (!known || line[7] < '0' || line[7] > '9') {
            throw new MalformedMessageException("the response does not begin with an HTTP/1 status line");
        }
        protocol = line[7] == '0' ? Protocols.HTTP_1_0 : Protocols.HTTP_1_1;
        status = digit(9) * 100 + digit(10) * 10 + digit(11);
        // Beyond 599 none is defined, but some are used (RFC 9110, 15).
        if (status < 100) {
            throw new MalformedMessageException("the response's status is less than 100");
        }
        reason = end > 13 ? reason(end) : "";
    }

    private String reason(int end) throws IOException {
        if (end == 15 && line[13] == 'O' && line[14] == 'K') {
            return "OK";
        }
        return HeaderLineParser.value(line, 13, end);
    }

    private int digit(int at) throws IOException {
        int digit = line[at] - '0';
        if (digit < 0 || digit > 9) {
            throw new MalformedMessageException("the response's status is not a number");
        }
        return digit;
    }

    @Override
    public String toString() {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }
}
