package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The response fields with which a process's output begins (RFC 3875, 6.2 and 6.3; specification 4.19). A {@code Location}
 * without a {@code Status} is 302, also where it is a path: the client follows it, not the watchdog.
 */
final class CgiHead implements OutputHead {
    /** The most bytes of all lines together (specification 4.19). */
    private static final int MAX_HEAD = 64 * 1024;

    /** The most bytes of a reason phrase: Undertow cannot write a status line that is longer than one of its buffers. */
    private static final int MAX_REASON = 8 * 1024;

    private static final int MAX_LENGTH_DIGITS = 18;
    private static final HttpString STATUS = new HttpString("Status");

    /** With DOTALL: a reason phrase in UTF-8, seen as Latin-1, may contain U+0085, which a dot does not match otherwise. */
    private static final Pattern STATUS_VALUE = Pattern.compile("[2-9][0-9]{2}( .*)?", Pattern.DOTALL);

    private final String defaultType;
    private final HeaderMap fields = new HeaderMap();

    // Mutable state
    private byte[] line = new byte[256];
    private int length;
    private int total;
    private boolean complete;
    private int status = StatusCodes.OK;
    private String reason = "";
    private long announced = -1;

    /** @param defaultType the media type of an output that names none */
    CgiHead(String defaultType) {
        this.defaultType = defaultType;
    }

    @Override
    public boolean accept(ByteBuffer output) throws MalformedMessageException {
        while (!complete && output.hasRemaining()) {
            int end = output.position();
            while (end < output.limit() && output.get(end) != '\n') {
                end++;
            }
            boolean lineEnds = end < output.limit();
            append(output, end - output.position());
            if (lineEnds) {
                output.position(end + 1);
                total++;
                endLine();
            }
        }
        return complete;
    }

    private void append(ByteBuffer output, int count) throws MalformedMessageException {
        total += count;
        if (total >= MAX_HEAD) {
            throw new MalformedMessageException("its fields are longer than 64 KiB");
        }
        if (length + count > line.length) {
            line = Arrays.copyOf(line, Math.max(length + count, length * 2));
        }
        output.get(line, length, count);
        length += count;
    }

    private void endLine() throws MalformedMessageException {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        length = 0;
        if (end > 0) {
            HeaderLineParser.add(line, end, fields);
        } else {
            evaluate();
            complete = true;
        }
    }

    private void evaluate() throws MalformedMessageException {
        if (fields.size() == 0) {
            throw new MalformedMessageException("it begins with an empty line, not with a field");
        }
        requireSingle(STATUS);
        requireSingle(Headers.LOCATION);
        requireSingle(Headers.CONTENT_TYPE);
        String given = fields.getFirst(STATUS);
        if (given != null) {
            parseStatus(given);
        } else if (fields.contains(Headers.LOCATION)) {
            status = StatusCodes.FOUND;
        }
        String printedLength = fields.getFirst(Headers.CONTENT_LENGTH);
        if (printedLength != null && printedLength.matches("[0-9]{1," + MAX_LENGTH_DIGITS + "}")) {
            announced = Long.parseLong(printedLength);
        }
        fields.remove(STATUS);
        fields.remove(Headers.CONTENT_LENGTH);
    }

    private void requireSingle(HttpString name) throws MalformedMessageException {
        if (fields.count(name) > 1) {
            throw new MalformedMessageException("it has more than one field " + name);
        }
    }

    /** Parses {@code 404 Not Found}; the reason phrase may be missing. */
    private void parseStatus(String given) throws MalformedMessageException {
        if (!STATUS_VALUE.matcher(given).matches() || given.length() > MAX_REASON) {
            throw new MalformedMessageException(
                    "its Status is not a number from 200 to 999, with or without a reason phrase of at most 8 KiB");
        }
        status = Integer.parseInt(given.substring(0, 3));
        reason = given.substring(3).trim();
    }

    @Override
    public boolean beginsAlone() {
        return complete;
    }

    @Override
    public boolean bodyAllowed(HttpServerExchange exchange) {
        return Connectors.isEntityBodyAllowed(status)
                && !exchange.getRequestMethod().equals(Methods.HEAD);
    }

    @Override
    public MalformedMessageException incomplete() {
        return new MalformedMessageException(
                total == 0 ? "it is empty" : "it ends before the empty line that ends its fields");
    }

    @Override
    public void applyTo(HttpServerExchange exchange) {
        exchange.setStatusCode(status);
        if (!reason.isEmpty()) {
            exchange.setReasonPhrase(reason);
        }
        if (Connectors.isEntityBodyAllowed(status) && !fields.contains(Headers.CONTENT_TYPE)) {
            fields.put(Headers.CONTENT_TYPE, defaultType);
        }
        HopByHopHeaders.copyEndToEnd(fields, exchange.getResponseHeaders());
    }

    /**
     * A status without a body has none. For HEAD it is what the output announces: such an output has no body
     * (RFC 3875, 4.3.3).
     */
    @Override
    public long contentLength(HttpServerExchange exchange, long printed) {
        if (!Connectors.isEntityBodyAllowed(status)) {
            return -1;
        }
        if (!exchange.getRequestMethod().equals(Methods.HEAD)) {
            return printed;
        }
        return announced >= 0 || printed <= 0 ? announced : printed;
    }
}
