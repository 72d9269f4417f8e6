package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http.GrpcContentType;
import dev.fnwatchdog.undertow.internal.http.GrpcStatus;
import dev.fnwatchdog.undertow.internal.http.TrailerFields;
import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

/**
 * Makes requests and trailers of the field sections that a client sends, or refuses them (RFC 9113 8.1).
 *
 * <p>Threads: the connection's I/O thread.
 */
final class RequestHeads {
    /** In bytes. A head up to this size is not charged to the budget (specification 9.13). */
    private static final int UNCHARGED_HEAD = 16 * 1024;

    private final Http2ServerConnection connection;
    private final StreamTable streams;
    private final MemoryBudgets memory;
    private final Http2Server server;

    RequestHeads(Http2ServerConnection connection, StreamTable streams, MemoryBudgets memory, Http2Server server) {
        this.connection = connection;
        this.streams = streams;
        this.memory = memory;
        this.server = server;
    }

    void received(int id, FieldSection section, boolean endStream) throws ConnectionException {
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            trailers(stream, section, endStream);
        } else if (id <= streams.last()) {
            headersAfterEnd(id);
        } else {
            open(id, section, endStream);
        }
    }

    private void trailers(Http2Stream stream, FieldSection section, boolean endStream) throws ConnectionException {
        if (!stream.state().receives()) {
            connection.streamError(stream.id(), ErrorCode.STREAM_CLOSED, "trailers after the end");
        } else if (!endStream || !section.isTrailers(TrailerFields::isForbidden)) {
            connection.streamError(stream.id(), ErrorCode.PROTOCOL_ERROR, "malformed trailers");
        } else if (!stream.reserveMemory(memory, cost(section))) {
            connection.streamError(stream.id(), ErrorCode.ENHANCE_YOUR_CALM, "no memory for trailers");
        } else {
            if (stream.isBodyComplete()) {
                stream.user().trailers(section.fields());
            }
            connection.endBody(stream);
        }
    }

    private static long cost(FieldSection section) {
        return section.memory() > UNCHARGED_HEAD ? section.memory() : 0;
    }

    private void headersAfterEnd(int id) throws ConnectionException {
        switch (streams.endOf(id)) {
            case RESET_LOCALLY -> connection.countIdleFrame();
            case ENDED_BY_PEER -> throw new ConnectionException(ErrorCode.STREAM_CLOSED, "HEADERS after the end");
            case UNKNOWN ->
                throw new ConnectionException(
                        ErrorCode.PROTOCOL_ERROR, "a stream number that is lower than the previous one");
        }
    }

    private void open(int id, FieldSection head, boolean endStream) throws ConnectionException {
        streams.markUsed(id);
        if (streams.isFull() || connection.isShuttingDown()) {
            connection.refuse(id);
        } else if (head.isTooLarge()) {
            refuseHead(id, head, endStream);
        } else if (!head.isRequestHead() || (endStream && head.contentLength() > 0)) {
            connection.streamError(id, ErrorCode.PROTOCOL_ERROR, "a malformed head");
            streams.close(id, ClosedStreams.End.RESET_LOCALLY);
        } else {
            openWithinBudget(id, head, endStream);
        }
    }

    private void openWithinBudget(int id, FieldSection head, boolean endStream) throws ConnectionException {
        StreamMemory needed = new StreamMemory(cost(head), endStream ? 0 : FlowWindow.INITIAL);
        if (memory.reserve(needed)) {
            server.serve(connection, id, head, endStream, needed);
        } else {
            connection.refuse(id);
        }
    }

    /** Refuses a head with 431 in the protocol layer, without an exchange (specification 9.12, 7.4). */
    private void refuseHead(int id, FieldSection head, boolean endStream) throws ConnectionException {
        connection.checkOutputLimit();
        int status = StatusCodes.REQUEST_HEADER_FIELDS_TOO_LARGE;
        HeaderMap fields = new HeaderMap();
        if (GrpcContentType.isIn(head.fields())) {
            fields.put(Headers.CONTENT_TYPE, GrpcContentType.VALUE);
            GrpcStatus.ofHttp(status).putInto(fields, StatusCodes.getReason(status));
            status = StatusCodes.OK;
        }
        connection.frames().response(id, true, status, fields);
        if (!endStream) {
            connection.frames().reset(id, ErrorCode.NO_ERROR);
        }
        streams.close(id, ClosedStreams.End.RESET_LOCALLY);
        connection.countIdleFrame();
    }
}
