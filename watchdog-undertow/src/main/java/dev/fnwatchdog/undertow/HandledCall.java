package dev.fnwatchdog.undertow;

import io.undertow.server.Connectors;
import io.undertow.server.DefaultResponseListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.AttachmentKey;
import io.undertow.util.BadRequestException;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.ParameterLimitException;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.FixedLengthOverflowException;
import org.xnio.channels.FixedLengthUnderflowException;
import org.xnio.channels.StreamSinkChannel;

/**
 * One call in a handler that works on exchanges of Undertow's (contract 5). The handler gets an exchange of its own, since none
 * is safe for two threads: when the call is given up the client is answered at once, on his IO thread, whatever the handler
 * still does to the other and on whatever thread.
 */
final class HandledCall implements Executor {
    private static final boolean DECODE = true;
    private static final boolean DECODE_SLASHES = false;

    private final Call call;
    private final HandlerHost host;
    private final HttpHandler handler;
    private final HandlerRun run;
    private final HandledBody body;
    private final HandledAnswer answer;
    private final HandlerConnection connection;
    private final HttpServerExchange exchange;

    // Mutable state
    private volatile boolean givenUp;
    private volatile @Nullable HttpUpgradeListener upgrade;

    /** @throws BadRequestException where the target's escapes make no text */
    HandledCall(Call call, HandlerHost host, HttpHandler handler) throws BadRequestException, ParameterLimitException {
        this.call = call;
        this.host = host;
        this.handler = handler;
        this.run = host.runOf(this::failed);
        this.body = new HandledBody(this);
        this.answer = new HandledAnswer(this);
        this.connection = new HandlerConnection(this, body, answer);
        this.exchange = newExchange(call.exchange());
    }

    /** The call of an exchange that a handler was given. */
    static HandledCall of(HttpServerExchange exchange) {
        return ((HandlerConnection) exchange.getConnection()).handled();
    }

    private HttpServerExchange newExchange(HttpServerExchange client)
            throws BadRequestException, ParameterLimitException {
        HttpServerExchange made = new HttpServerExchange(connection, client.getRequestHeaders(), new HeaderMap(), -1);
        made.setRequestMethod(client.getRequestMethod());
        made.setProtocol(client.getProtocol());
        made.setRequestScheme(client.getRequestScheme());
        made.setPersistent(client.isPersistent());
        Connectors.setExchangeRequestPath(
                made,
                PercentDecoding.escape(RequestTarget.of(client)),
                StandardCharsets.UTF_8.name(),
                DECODE,
                DECODE_SLASHES,
                new StringBuilder(),
                Integer.MAX_VALUE);
        if (client.isRequestComplete()) {
            Connectors.terminateRequest(made);
        }
        return made;
    }

    Call call() {
        return call;
    }

    HandlerRun run() {
        return run;
    }

    /** What the handler works on. */
    HttpServerExchange exchange() {
        return exchange;
    }

    /** Runs the handler on this thread, or, where it blocks, on another; now or when there is a place for it. */
    void enter(boolean blocks) {
        call.onAbort(this::giveUp);
        run.onGivenUp(this::cleanUp);
        if (blocks) {
            body.prefetch();
        }
        host.admit(call, run, blocks ? () -> execute(this::serve) : this::serveHere);
    }

    private void serveHere() {
        exchange.setDispatchExecutor(this);
        serve();
    }

    private void serve() {
        if (givenUp) {
            run.over();
        } else {
            Connectors.executeRootHandler(this::guarded, exchange);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // Undertow would end the answer as if it were whole
    private void guarded(HttpServerExchange handled) {
        try {
            handler.handleRequest(handled);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    /** What the handler dispatches without saying where to. Undertow forgets the executor with each use. */
    @Override
    public void execute(Runnable task) {
        run.execute(() -> {
            exchange.setDispatchExecutor(this);
            task.run();
        });
    }

    /** Any thread. What is thrown once nobody waits for an answer is no news. */
    void failed(Throwable failure) {
        if (givenUp) {
            return;
        }
        if (answer.ended()) {
            host.tell(call, failure);
            return;
        }
        answer.refuse();
        connection.refuse();
        host.failed(call, failure);
    }

    /** What Undertow has caught, where a handler was dispatched. */
    @Nullable
    Throwable caught() {
        return exchange.getAttachment(DefaultResponseListener.EXCEPTION);
    }

    /** Any thread: the handler breaks the connection. */
    void breakOff() {
        if (!answer.ended() && !givenUp) {
            answer.refuse();
            connection.refuse();
            call.loop().thread().execute(call::breakOff);
        }
    }

    /** The client's exchange has been answered, by the handler or by the watchdog, or broken off. IO thread. */
    private void giveUp() {
        boolean whole = answer.ended();
        givenUp = !whole;
        answer.close();
        body.close();
        connection.closed();
        if (!whole) {
            run.giveUp();
        }
    }

    /** The handler's exchange is over. Any thread. */
    void answered() {
        run.over();
    }

    /** A handler that was given up may have left its streams open, with buffers in them. */
    private void cleanUp() {
        if (!exchange.isComplete()) {
            exchange.endExchange();
        }
    }

    void bodyUnwanted() {
        body.unwanted();
    }

    void upgradeTo(HttpUpgradeListener listener) {
        upgrade = listener;
    }

    /**
     * Begins the client's answer with what the handler has said in its own. IO thread.
     *
     * @param wholeLength of the body where it is all there, else -1
     */
    StreamSinkChannel open(long wholeLength) throws IOException {
        HttpServerExchange client = call.exchange();
        if (call.stopped()) {
            throw new ClosedChannelException();
        }
        // What Undertow's own connections do with cookies.
        Connectors.flattenCookies(exchange);
        HeaderMap headers = exchange.getResponseHeaders();
        HeaderValues options = headers.get(Headers.CONNECTION);
        if (!exchange.isPersistent() || (options != null && Tokens.anyLists(options, "close"))) {
            client.setPersistent(false);
        }
        client.setStatusCode(exchange.getStatusCode());
        if (exchange.getReasonPhrase() != null) {
            client.setReasonPhrase(exchange.getReasonPhrase());
        }
        String protocol = headers.getFirst(Headers.UPGRADE);
        HopByHop.removeFrom(headers);
        copy(headers, client.getResponseHeaders());
        if (upgrade != null && client.getStatusCode() == StatusCodes.SWITCHING_PROTOCOLS) {
            becomeTunnel(client, upgrade, protocol);
        } else if (wholeLength >= 0 && mayTellLength(client)) {
            client.setResponseContentLength(wholeLength);
        }
        StreamSinkChannel opened = client.getResponseChannel();
        if (opened == null) {
            throw new ClosedChannelException();
        }
        return opened;
    }

    private static boolean mayTellLength(HttpServerExchange client) {
        return !client.getResponseHeaders().contains(Headers.CONTENT_LENGTH)
                && !client.getRequestMethod().equals(Methods.HEAD)
                && Connectors.isEntityBodyAllowed(client);
    }

    private static void copy(HeaderMap from, HeaderMap to) {
        for (long i = from.fastIterateNonEmpty(); i != -1; i = from.fiNextNonEmpty(i)) {
            HeaderValues values = from.fiCurrent(i);
            to.putAll(values.getHeaderName(), values);
        }
    }

    private void becomeTunnel(HttpServerExchange client, HttpUpgradeListener listener, @Nullable String protocol) {
        client.upgradeChannel((channel, upgraded) -> {
            call.stopWatching();
            listener.handleUpgrade(channel, exchange);
        });
        if (protocol != null) {
            client.getResponseHeaders().put(Headers.UPGRADE, protocol);
        }
        // What the client said of the connection's end does not hold for the tunnel.
        client.setPersistent(true);
        call.becomeTunnel();
        call.liftLimit();
    }

    /** How long the handler has said that the body will be; {@link Long#MAX_VALUE} where it has not, or where none is sent. */
    long promisedLength() {
        long length = exchange.getResponseContentLength();
        return length < 0
                        || exchange.getRequestMethod().equals(Methods.HEAD)
                        || !Connectors.isEntityBodyAllowed(exchange)
                ? Long.MAX_VALUE
                : length;
    }

    /** The last moment for trailers. IO thread. */
    void addTrailers() {
        passOn(HttpAttachments.RESPONSE_TRAILERS);
        passOn(HttpAttachments.RESPONSE_TRAILER_SUPPLIER);
    }

    private <T> void passOn(AttachmentKey<T> key) {
        T attached = exchange.getAttachment(key);
        if (attached != null) {
            call.exchange().putAttachment(key, attached);
        }
    }

    /** The answer is out. What is left of the request may be on its way already. IO thread. */
    void sent() {
        HttpServerExchange client = call.exchange();
        if (client.isRequestComplete() || call.stopped()) {
            return;
        }
        if (client.isPersistent()) {
            body.discard();
            call.awaitEndOfRequest();
        } else {
            ServedConnections.of(client).stopReading(client);
        }
    }

    /** The client takes no more, or was promised another length. IO thread. */
    void cannotSend(IOException reason) {
        if (reason instanceof FixedLengthUnderflowException || reason instanceof FixedLengthOverflowException) {
            host.tell(call, reason);
            call.breakOff();
        } else if (!call.stopped()) {
            call.clientGone();
        }
    }
}
