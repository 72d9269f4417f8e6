package dev.fnwatchdog.undertow.internal.http2.client;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import dev.fnwatchdog.undertow.internal.http2.ClosedStreams;
import dev.fnwatchdog.undertow.internal.http2.Http2Stream;
import dev.fnwatchdog.undertow.internal.http2.StreamState;
import dev.fnwatchdog.undertow.internal.http2.StreamTable;
import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;

/**
 * Makes interim responses, heads and trailers of the field sections that a server sends, or resets their streams (RFC 9113 8.1).
 *
 * <p>Threads: the connection's I/O thread.
 */
final class ResponseHeads {
    private final Http2ClientConnection connection;
    private final StreamTable streams;

    ResponseHeads(Http2ClientConnection connection, StreamTable streams) {
        this.connection = connection;
        this.streams = streams;
    }

    void received(int id, FieldSection section, boolean endStream) throws ConnectionException {
        Http2Stream stream = streams.find(id);
        if (stream == null) {
            afterEnd(id);
        } else if (!stream.state().receives()) {
            connection.streamError(id, ErrorCode.STREAM_CLOSED, "fields after the end");
        } else if (section.isTooLarge()) {
            connection.streamError(id, ErrorCode.PROTOCOL_ERROR, "more or longer fields than accepted");
        } else {
            received(stream, (ClientExchange) stream.user(), section, endStream);
        }
    }

    /** Fields that were in transit when this side reset the stream are no error of the server (RFC 9113 5.1). */
    private void afterEnd(int id) throws ConnectionException {
        require(!streams.isIdle(id), "a response without a request");
        require(
                streams.endOf(id) != ClosedStreams.End.ENDED_BY_PEER,
                ErrorCode.STREAM_CLOSED,
                "fields after the end of a stream");
        connection.countIdleFrame();
    }

    private void received(Http2Stream stream, ClientExchange exchange, FieldSection section, boolean endStream)
            throws ConnectionException {
        if (!exchange.awaitsHead()) {
            trailers(stream, exchange, section, endStream);
        } else if (!section.isResponseHead()) {
            connection.streamError(stream.id(), ErrorCode.PROTOCOL_ERROR, "a malformed head");
        } else if (section.status() < StatusCodes.OK) {
            interim(stream, exchange, section, endStream);
        } else {
            head(stream, exchange, section, endStream);
        }
    }

    private void interim(Http2Stream stream, ClientExchange exchange, FieldSection section, boolean endStream)
            throws ConnectionException {
        if (endStream) {
            connection.streamError(stream.id(), ErrorCode.PROTOCOL_ERROR, "an interim response that ends the stream");
        } else {
            connection.countIdleFrame();
            exchange.interimReceived(section.status(), section.fields());
        }
    }

    private void head(Http2Stream stream, ClientExchange exchange, FieldSection section, boolean endStream)
            throws ConnectionException {
        stream.headReceived(bodyLength(exchange, section));
        if (endStream && !stream.isBodyComplete()) {
            connection.endBody(stream);
            return;
        }
        exchange.headReceived(section.status(), section.fields(), endStream);
        if (endStream && stream.state() != StreamState.CLOSED) {
            connection.endBody(stream);
            stream.source().terminateReads();
        }
    }

    /** Returns the length that the head announces; -1: none. Some responses have no body, whatever they announce. */
    private static long bodyLength(ClientExchange exchange, FieldSection head) {
        boolean bodiless = exchange.method().equals(Methods.HEAD_STRING)
                || head.status() == StatusCodes.NO_CONTENT
                || head.status() == StatusCodes.NOT_MODIFIED;
        return bodiless ? 0 : head.contentLength();
    }

    private void trailers(Http2Stream stream, ClientExchange exchange, FieldSection section, boolean endStream)
            throws ConnectionException {
        if (!endStream || !section.isTrailers(name -> false)) {
            connection.streamError(stream.id(), ErrorCode.PROTOCOL_ERROR, "malformed trailers");
            return;
        }
        if (stream.isBodyComplete()) {
            exchange.trailers(section.fields());
        }
        if (stream.state() != StreamState.CLOSED) {
            connection.endBody(stream);
        }
    }
}
