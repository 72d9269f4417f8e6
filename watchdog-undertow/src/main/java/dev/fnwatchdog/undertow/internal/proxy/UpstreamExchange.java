package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.ContentTypeSniffer;
import dev.fnwatchdog.undertow.internal.http.FieldSyntax;
import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.http.TrailerFields;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.PeekableBody;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.conduits.StreamSinkConduit;

/**
 * One request to the function, as Undertow's {@code ProxyHandler} sees it: a client connection with a single exchange. The
 * connections below it come and go without the handler, which closes the whole client connection when one exchange fails; here
 * that ends one request alone, whatever the upstream's protocol.
 *
 * <p>The handler hears of success only: the watchdog's own responses to failures are sent in its place (specification 3.40).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
abstract class UpstreamExchange extends SingleExchangeConnection implements PeekableBody.Listener {
    /** The progress of an exchange. Each state can be followed by any later one. */
    enum State {
        /** The handler has not sent the request. */
        CREATED,
        /** The handler's {@link #sendRequest} is running. */
        STARTING,
        AWAITING_RESPONSE,
        /** The head of the response has been passed to the handler. */
        RESPONDING,
        /** Aborted, by whichever side. A complete exchange stays in the state before. */
        ABORTED;

        private boolean canBecome(State next) {
            return compareTo(next) < 0;
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final Invocation invocation;
    private final UpstreamErrors errors;
    private final ContinueExpectation expectation;

    // Mutable state
    private State state = State.CREATED;
    private @Nullable ClientRequest request;
    private @Nullable ClientResponse response;
    private @Nullable ClientCallback<ClientExchange> responseListener;
    // the head of a response whose first bytes determine its type
    private @Nullable ClientResponse untyped;

    UpstreamExchange(Invocation invocation, UpstreamErrors errors) {
        this.invocation = invocation;
        this.errors = errors;
        this.expectation = ContinueExpectation.of(invocation);
    }

    final Invocation invocation() {
        return invocation;
    }

    final HttpServerExchange exchange() {
        return invocation.exchange();
    }

    final UpstreamErrors errors() {
        return errors;
    }

    final ContinueExpectation expectation() {
        return expectation;
    }

    @Override
    public final void sendRequest(ClientRequest sent, ClientCallback<ClientExchange> started) {
        if (state != State.CREATED) {
            return;
        }
        advanceTo(State.STARTING);
        request = sent;
        invocation.onAbort(this::abort);
        invocation.watchClient();
        connect();
        invocation.withRequestBuffer(() -> started.completed(this));
        if (state == State.STARTING) {
            advanceTo(State.AWAITING_RESPONSE);
            bodyStarted();
        }
    }

    private void advanceTo(State next) {
        assert invocation.loop().isCurrent() : "on " + Thread.currentThread();
        state = state.to(next);
    }

    /** Takes or opens a connection. The transfer of the body has not started. */
    abstract void connect();

    /** Called when the transfer of the body has started, and has sent what there was. */
    abstract void bodyStarted();

    /** Releases connection and request, because the exchange has been aborted. */
    abstract void aborted();

    /** Returns the body of the response. */
    abstract PeekableBody responseBody();

    /** Returns the sink with a check of the announced length, to which Undertow has limited an HTTP/1 body already. */
    final StreamSinkConduit lengthChecked(StreamSinkConduit sink) {
        long length = exchange().getRequestContentLength();
        return length >= 0 && exchange().getProtocol().equals(Protocols.HTTP_2_0)
                ? new ContentLengthSink(sink, invocation, length)
                : sink;
    }

    /** Returns the trailers of the request, which ProxyHandler has put here. Those of HTTP/2 can contain any characters. */
    final HeaderMap requestTrailers() {
        HeaderMap received = getAttachment(HttpAttachments.RESPONSE_TRAILERS);
        if (received == null) {
            return new HeaderMap();
        }
        if (!FieldSyntax.isValid(received)) {
            // This aborts the request: nothing more is written to the function.
            invocation.respondInstead(CannedResponse.of(StatusCodes.BAD_REQUEST));
            return new HeaderMap();
        }
        return TrailerFields.permitted(received, exchange().getRequestHeaders());
    }

    /** Returns whether {@link #bodyStarted()} is still to come. */
    final boolean isStarting() {
        return state == State.STARTING;
    }

    final boolean isAborted() {
        return state == State.ABORTED;
    }

    /** Called when no connection can be opened. */
    public final void failed(IOException reason) {
        if (!isAborted()) {
            errors.unreachable(invocation, reason);
        }
    }

    final void fail(UpstreamErrors.Kind kind, String reason) {
        if (!isAborted()) {
            errors.failed(invocation, kind, reason);
        }
    }

    final void interimReceived(int status, String reason, HeaderMap fields) {
        if (status == StatusCodes.CONTINUE) {
            expectation.fulfil();
        } else {
            invocation.sendInterim(InterimResponse.of(status, reason, fields));
        }
    }

    /** Passes the trailers of the response to ProxyHandler, which expects them here, and sends them to the client. */
    public final void trailersReceived(HeaderMap trailers, HeaderMap head) {
        putAttachment(HttpAttachments.REQUEST_TRAILERS, TrailerFields.permitted(trailers, head));
    }

    /** Responds; where the first piece of the body determines its type, when that has arrived (specification 3.31). */
    final void respond(ClientResponse head, ResponseFraming framing) {
        if (ResponseHeads.needsType(exchange(), framing)) {
            untyped = head;
            respondWithType(head);
        } else {
            respondNow(head);
        }
    }

    private void respondWithType(ClientResponse head) {
        ByteBuffer first = responseBody().peek();
        if (first != null) {
            untyped = null;
            if (first.hasRemaining()) {
                head.getResponseHeaders().put(Headers.CONTENT_TYPE, ContentTypeSniffer.contentType(first));
            }
            respondNow(head);
        }
    }

    private void respondNow(ClientResponse head) {
        passHead(head);
        // Without waiting for the body, which may be slow to arrive (specification 3.24).
        invocation.flushHead();
    }

    /** Passes the head of the response to the handler, which starts to transfer the body. */
    void passHead(ClientResponse head) {
        if (state == State.ABORTED || responseListener == null) {
            return;
        }
        advanceTo(State.RESPONDING);
        response = head;
        responseListener.completed(this);
    }

    /** Called when there may be something to read of the response's body. */
    public final void bodyReadable() {
        if (untyped != null) {
            respondWithType(untyped);
        } else {
            responseBody().readable();
        }
    }

    /** Sends the client what has arrived of the response. */
    @Override
    public final void responseBroken() {
        invocation.flushHead();
    }

    /** Ends the exchange. Called when its invocation is aborted; without effect afterwards. */
    private void abort() {
        if (state != State.ABORTED) {
            advanceTo(State.ABORTED);
            untyped = null;
            aborted();
            expectation.cancel();
            responseBody().abort();
        }
    }

    /** The handler closes its connection when a transfer has failed: the client's response cannot be completed. */
    @Override
    public final void close() {
        invocation.abort();
    }

    @Override
    public final boolean isOpen() {
        return state != State.ABORTED;
    }

    @Override
    public final void setResponseListener(ClientCallback<ClientExchange> listener) {
        responseListener = listener;
    }

    @Override
    public final ClientRequest getRequest() {
        if (request == null) {
            throw new IllegalStateException("no request has been sent");
        }
        return request;
    }

    @Override
    public final ClientResponse getResponse() {
        if (response == null) {
            throw new IllegalStateException("no response has arrived");
        }
        return response;
    }

    @Override
    public final XnioIoThread getIoThread() {
        return invocation.loop().thread();
    }

    @Override
    public final XnioWorker getWorker() {
        return getIoThread().getWorker();
    }

    @Override
    public final ByteBufferPool getBufferPool() {
        return exchange().getConnection().getByteBufferPool();
    }
}
