package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.ContentTypeSniffer;
import dev.fnwatchdog.undertow.internal.http.FieldSyntax;
import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.http.TrailerFields;
import dev.fnwatchdog.undertow.internal.http2.client.ClientStream;
import dev.fnwatchdog.undertow.internal.http2.client.Http2ClientConnection;
import dev.fnwatchdog.undertow.internal.http2.client.RequestBody;
import dev.fnwatchdog.undertow.internal.http2.client.ResponseBody;
import dev.fnwatchdog.undertow.internal.http2.client.ResponseListener;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.client.ClientResponse;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.channels.Configurable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * An exchange with the function on one stream of an HTTP/2 connection (specification 3.49 to 3.51), which ends without
 * harm to the other streams. A request that the function has not processed is sent once more.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class Http2UpstreamExchange extends UpstreamExchange
        implements Http2UpstreamPool.Waiting, ResponseListener, RequestBody.Listener, ResponseBody.Listener {
    private enum Attempt {
        FIRST,
        SECOND
    }

    private final Http2UpstreamPool pool;
    private final UpstreamErrors errors;
    private final RequestBody request;
    private final ResponseBody source;
    private final StreamSinkChannel requestChannel;
    private final StreamSourceChannel responseChannel;
    private final ContinueExpectation expectation;
    private final boolean bodiless;

    // Mutable state
    private Attempt attempt = Attempt.FIRST;
    private @Nullable ClientStream stream;
    // the head of a response whose first bytes determine its type
    private @Nullable ClientResponse untyped;

    Http2UpstreamExchange(Invocation invocation, Http2UpstreamPool pool, UpstreamErrors errors) {
        super(invocation);
        this.pool = pool;
        this.errors = errors;
        this.expectation = ContinueExpectation.of(invocation);
        this.bodiless = invocation.exchange().isRequestComplete();
        this.request = new RequestBody(invocation.loop(), this);
        this.source = new ResponseBody(invocation.loop(), pool.buffers(), this);
        this.requestChannel = new ConduitStreamSinkChannel(Configurable.EMPTY, checkedSink());
        this.responseChannel = new ConduitStreamSourceChannel(Configurable.EMPTY, source);
    }

    /** Undertow has limited an HTTP/1 body to its length already. */
    private StreamSinkConduit checkedSink() {
        HttpServerExchange exchange = exchange();
        boolean checked = !bodiless && isHttp2(exchange) && exchange.getRequestContentLength() >= 0;
        return checked ? new ContentLengthSink(request, invocation(), exchange.getRequestContentLength()) : request;
    }

    private static boolean isHttp2(HttpServerExchange exchange) {
        return exchange.getProtocol().equals(Protocols.HTTP_2_0);
    }

    @Override
    public StreamSinkChannel getRequestChannel() {
        return requestChannel;
    }

    @Override
    public StreamSourceChannel getResponseChannel() {
        return responseChannel;
    }

    @Override
    public IoLoop loop() {
        return invocation().loop();
    }

    @Override
    void connect() {
        pool.request(this);
    }

    @Override
    void bodyStarted() {
        // The head does not wait for the body.
    }

    @Override
    public void roomFound(Http2ClientConnection connection) {
        Http2RequestHead head = Http2RequestHead.of(exchange(), pool.address(), expectation.isPending());
        ClientStream opened =
                connection.open(head.fields(), head.method(), "http", head.authority(), head.path(), bodiless, this);
        stream = opened;
        request.attach(opened, bodiless);
        expectation.start();
    }

    @Override
    public void failed(IOException reason) {
        if (!isAborted()) {
            errors.unreachable(invocation(), reason);
        }
    }

    private void fail(UpstreamErrors.Kind kind, String reason) {
        if (!isAborted()) {
            errors.failed(invocation(), kind, reason);
        }
    }

    @Override
    public void interim(int status, HeaderMap fields) {
        if (status == StatusCodes.CONTINUE) {
            expectation.fulfil();
        } else {
            invocation().sendInterim(InterimResponse.of(status, StatusCodes.getReason(status), fields));
        }
    }

    @Override
    public void head(int status, HeaderMap fields, boolean ended) {
        ClientStream current = stream;
        if (isAborted() || current == null) {
            return;
        }
        ResponseFraming framing = framing(status, fields, ended);
        ClientResponse received = new ClientResponse(status, StatusCodes.getReason(status), Protocols.HTTP_2_0, fields);
        ClientResponse response = ResponseHeads.forClient(invocation(), received, framing);
        if (ended && framing.kind() == ResponseFraming.Kind.LENGTH && !isHttp2(exchange())) {
            response.getResponseHeaders().put(Headers.CONTENT_LENGTH, 0);
        }
        expectation.finalResponse();
        if (ended) {
            source.beginEmpty();
        } else {
            source.begin(current);
        }
        if (!ended && ResponseHeads.needsType(exchange(), framing)) {
            untyped = response;
            firstPieceReceived();
        } else {
            respondNow(response);
        }
    }

    private ResponseFraming framing(int status, HeaderMap fields, boolean ended) {
        String announced = fields.getFirst(Headers.CONTENT_LENGTH);
        long length = announced == null ? -1 : Long.parseLong(announced);
        if (exchange().getRequestMethod().equals(Methods.HEAD)
                || status == StatusCodes.NO_CONTENT
                || status == StatusCodes.NOT_MODIFIED) {
            return new ResponseFraming(ResponseFraming.Kind.NONE, length, true);
        }
        return ended || length >= 0
                ? new ResponseFraming(ResponseFraming.Kind.LENGTH, Math.max(0, length), true)
                : new ResponseFraming(ResponseFraming.Kind.CHUNKED, 0, true);
    }

    private void respondNow(ClientResponse response) {
        respond(response);
        // Without waiting for the body, which may be slow to arrive (specification 3.24).
        invocation().flushHead();
    }

    /** Responds when the first piece of the body has arrived, which determines its type (specification 3.31). */
    @Override
    public void firstPieceReceived() {
        ClientResponse response = untyped;
        ByteBuffer first = source.peek();
        if (first == null || response == null) {
            return;
        }
        untyped = null;
        if (first.hasRemaining()) {
            response.getResponseHeaders().put(Headers.CONTENT_TYPE, ContentTypeSniffer.contentType(first));
        }
        respondNow(response);
    }

    /** ProxyHandler expects the trailers of what it receives here, and sends them to the client. */
    @Override
    public void trailers(HeaderMap fields) {
        putAttachment(HttpAttachments.REQUEST_TRAILERS, TrailerFields.permitted(fields, new HeaderMap()));
    }

    @Override
    public void reset(ErrorCode code, boolean notProcessed, String reason) {
        stream = null;
        if (isAborted()) {
            return;
        }
        if (source.hasBegun()) {
            // The reader of the response has got an exception, or gets it when it reads on.
            request.discard();
        } else if (notProcessed && attempt == Attempt.FIRST && request.detach()) {
            attempt = Attempt.SECOND;
            expectation.stop();
            pool.request(this);
        } else {
            // With this code the watchdog resets a stream whose response is malformed.
            fail(
                    code == ErrorCode.PROTOCOL_ERROR ? UpstreamErrors.Kind.MALFORMED : UpstreamErrors.Kind.CLOSED,
                    "sent no response: " + reason);
        }
    }

    @Override
    public void responseBroken() {
        // The client gets what has arrived of the response.
        invocation().flushHead();
    }

    @Override
    public void responseReceived() {
        ClientStream current = stream;
        stream = null;
        if (request.isSent()) {
            return;
        }
        // The rest of the request is useless now (specification 3.46).
        request.discard();
        if (current != null) {
            current.reset(ErrorCode.CANCEL);
        }
        if (!exchange().isRequestComplete()) {
            invocation().awaitEndOfRequest();
        }
    }

    /** Returns the trailers that ProxyHandler has put here. Those of HTTP/2 can contain any characters. */
    @Override
    public HeaderMap trailers() {
        HeaderMap received = getAttachment(HttpAttachments.RESPONSE_TRAILERS);
        if (received == null) {
            return new HeaderMap();
        }
        if (!FieldSyntax.isValid(received)) {
            // This aborts the request.
            invocation().respondInstead(CannedResponse.of(StatusCodes.BAD_REQUEST));
            return new HeaderMap();
        }
        return TrailerFields.permitted(received, exchange().getRequestHeaders());
    }

    @Override
    void aborted() {
        pool.cancel(this);
        expectation.cancel();
        request.discard();
        source.abort();
        ClientStream current = stream;
        stream = null;
        if (current != null) {
            current.reset(ErrorCode.CANCEL);
        }
    }

    /** No response has status 101 in HTTP/2, so this is not called. */
    @Override
    public StreamConnection performUpgrade() throws IOException {
        throw new IOException("HTTP/2 has no upgrades");
    }

    @Override
    public boolean isUpgraded() {
        return false;
    }

    @Override
    public boolean isUpgradeSupported() {
        return false;
    }
}
