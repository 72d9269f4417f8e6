package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http2.client.ClientStream;
import dev.fnwatchdog.undertow.internal.http2.client.Http2ClientConnection;
import dev.fnwatchdog.undertow.internal.http2.client.RequestBody;
import dev.fnwatchdog.undertow.internal.http2.client.ResponseBody;
import dev.fnwatchdog.undertow.internal.http2.client.ResponseListener;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.PeekableBody;
import io.undertow.client.ClientResponse;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.channels.Configurable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

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
    private final RequestBody request;
    private final ResponseBody source;
    private final StreamSinkChannel requestChannel;
    private final StreamSourceChannel responseChannel;
    private final boolean bodiless;

    // Mutable state
    private Attempt attempt = Attempt.FIRST;
    private @Nullable ClientStream stream;

    Http2UpstreamExchange(Invocation invocation, Http2UpstreamPool pool, UpstreamErrors errors) {
        super(invocation, errors);
        this.pool = pool;
        this.bodiless = invocation.exchange().isRequestComplete();
        this.request = new RequestBody(invocation.loop(), this);
        this.source = new ResponseBody(invocation.loop(), this);
        this.requestChannel = new ConduitStreamSinkChannel(Configurable.EMPTY, lengthChecked(request));
        this.responseChannel = new ConduitStreamSourceChannel(Configurable.EMPTY, source);
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
    PeekableBody responseBody() {
        return source;
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
        Http2RequestHead head =
                Http2RequestHead.of(exchange(), pool.address(), expectation().isPending());
        ClientStream opened = connection.open(head.target(), head.fields(), bodiless, this);
        stream = opened;
        request.attach(opened, bodiless);
        expectation().start();
    }

    @Override
    public void interim(int status, HeaderMap fields) {
        interimReceived(status, StatusCodes.getReason(status), fields);
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
        if (ended
                && framing.kind() == ResponseFraming.Kind.LENGTH
                && !exchange().getProtocol().equals(Protocols.HTTP_2_0)) {
            response.getResponseHeaders().put(Headers.CONTENT_LENGTH, 0);
        }
        expectation().finalResponse();
        if (ended) {
            source.beginEmpty();
        } else {
            source.begin(current);
        }
        respond(response, framing);
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

    @Override
    public void trailers(HeaderMap fields) {
        trailersReceived(fields, new HeaderMap());
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
            expectation().stop();
            pool.request(this);
        } else {
            // With this code the watchdog resets a stream whose response is malformed.
            fail(
                    code == ErrorCode.PROTOCOL_ERROR ? UpstreamErrors.Kind.MALFORMED : UpstreamErrors.Kind.CLOSED,
                    "sent no response: " + reason);
        }
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

    @Override
    public HeaderMap trailers() {
        return requestTrailers();
    }

    @Override
    void aborted() {
        pool.cancel(this);
        request.discard();
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
