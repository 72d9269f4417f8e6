package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.http.PercentDecoder;
import dev.fnwatchdog.undertow.internal.http.RequestCookies;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.FatalErrors;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.Connectors;
import io.undertow.server.DefaultResponseListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.CookieImpl;
import io.undertow.util.BadRequestException;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.ParameterLimitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.FixedLengthOverflowException;
import org.xnio.channels.FixedLengthUnderflowException;

/**
 * One request in a handler that uses Undertow exchanges (specification 5.6). The handler gets an exchange of its own, because
 * an exchange is not safe for two threads. When the request is cancelled, the client gets its response at once on its I/O
 * thread, whatever the handler still does to its own exchange on any thread.
 */
final class InprocInvocation implements Executor {
    private static final boolean DECODE = true;
    private static final boolean DECODE_SLASHES = false;

    private final Invocation invocation;
    private final HandlerContext context;
    private final HttpHandler handler;
    private final HandlerExecution execution;
    private final InprocRequestBody body;
    private final InprocResponse response;
    private final InprocConnection connection;
    private final HttpServerExchange exchange;
    private final ResponseHead head;

    // Mutable state
    private volatile boolean cancelled;

    /** @throws BadRequestException where the escapes of the target are not valid text */
    InprocInvocation(Invocation invocation, HandlerContext context, HttpHandler handler)
            throws BadRequestException, ParameterLimitException {
        this.invocation = invocation;
        this.context = context;
        this.handler = handler;
        this.execution = context.newExecution(this::failed);
        this.body = new InprocRequestBody(this);
        this.response = new InprocResponse(this);
        this.connection = new InprocConnection(this, body, response);
        this.exchange = newExchange(invocation.exchange());
        this.head = new ResponseHead(invocation, exchange);
    }

    /** Returns the invocation of an exchange that a handler was given. */
    static InprocInvocation of(HttpServerExchange exchange) {
        return ((InprocConnection) exchange.getConnection()).invocation();
    }

    private HttpServerExchange newExchange(HttpServerExchange client)
            throws BadRequestException, ParameterLimitException {
        HttpServerExchange created =
                new HttpServerExchange(connection, fields(client.getRequestHeaders()), new HeaderMap(), -1);
        created.setRequestMethod(client.getRequestMethod());
        created.setProtocol(client.getProtocol());
        created.setRequestScheme(client.getRequestScheme());
        created.setPersistent(client.isPersistent());
        String path = PercentDecoder.escape(RequestTarget.path(client));
        String query = PercentDecoder.escape(client.getQueryString());
        Connectors.setExchangeRequestPath(
                created,
                query.isEmpty() ? path : path + '?' + PercentDecoder.escapeStrayPercents(query),
                StandardCharsets.UTF_8.name(),
                DECODE,
                DECODE_SLASHES,
                new StringBuilder(),
                Integer.MAX_VALUE);
        if (RequestTarget.hasQuery(client)) {
            RequestTarget.setQuery(created, query);
        }
        if (client.isRequestComplete()) {
            Connectors.terminateRequest(created);
        }
        setCookies(created);
        return created;
    }

    /** Returns the fields that the handler sees: its own where a container overrides Host in them (specification 5.16). */
    private static HeaderMap fields(HeaderMap client) {
        if (!client.contains(Headers.X_FORWARDED_HOST)) {
            return client;
        }
        HeaderMap own = new HeaderMap();
        for (HeaderValues values : client) {
            own.addAll(values.getHeaderName(), values);
        }
        return own;
    }

    /** Sets the cookies of a request. Undertow's own parser, which cuts values, sees no field and adds none. */
    private static void setCookies(HttpServerExchange created) {
        Collection<String> fields = created.getRequestHeaders().remove(Headers.COOKIE);
        if (fields != null) {
            // Its parser runs once, and where no cookie is set it would do so later.
            created.requestCookies();
            RequestCookies.parse(fields)
                    .forEach((name, value) -> created.setRequestCookie(new CookieImpl(name, value)));
            created.getRequestHeaders().addAll(Headers.COOKIE, fields);
        }
    }

    Invocation invocation() {
        return invocation;
    }

    HandlerExecution execution() {
        return execution;
    }

    /** Returns the exchange that the handler uses. */
    HttpServerExchange exchange() {
        return exchange;
    }

    ResponseHead head() {
        return head;
    }

    /** Runs the handler when a permit is available: on this thread, or on another one where it blocks. */
    void enter(boolean blocks) {
        invocation.onAbort(this::clientExchangeEnded);
        execution.onCancel(this::cleanUp);
        if (blocks) {
            body.prefetch();
        }
        context.admit(invocation, execution, blocks ? () -> execute(this::serve) : this::serveHere);
    }

    private void serveHere() {
        exchange.setDispatchExecutor(this);
        serve();
    }

    private void serve() {
        if (cancelled) {
            execution.completeResponse();
        } else {
            Connectors.executeRootHandler(this::handleGuarded, exchange);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // Undertow would end the response as if it were complete
    private void handleGuarded(HttpServerExchange inprocExchange) {
        try {
            handler.handleRequest(inprocExchange);
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    /** Runs what the handler dispatches without an executor. Undertow clears the executor with each use. */
    @Override
    public void execute(Runnable task) {
        execution.execute(() -> {
            exchange.setDispatchExecutor(this);
            task.run();
        });
    }

    /** Handles a failure. After the request has ended only a fatal error of the JVM is reported. Any thread. */
    void failed(Throwable failure) {
        if (cancelled && FatalErrors.findFatal(failure) == null) {
            return;
        }
        if (response.ended() || cancelled) {
            context.logFailure(invocation, failure);
            return;
        }
        response.rejectOutput();
        connection.markClosed();
        context.failed(invocation, failure);
    }

    /**
     * Handles trailers that cannot be obtained: the response is incomplete, although its body is complete. I/O thread.
     */
    @IoThread
    void trailersFailed(Throwable failure) {
        context.failed(invocation, failure);
    }

    /** Returns what Undertow has caught in a dispatched handler. */
    @Nullable
    Throwable caught() {
        return exchange.getAttachment(DefaultResponseListener.EXCEPTION);
    }

    /** Aborts the response when the handler closes the connection. Any thread. */
    void abort() {
        if (!response.ended() && !cancelled) {
            response.rejectOutput();
            connection.markClosed();
            invocation.loop().thread().execute(invocation::abort);
        }
    }

    /**
     * Called when the client's exchange has its response, from the handler or the watchdog, or was aborted. I/O thread.
     */
    @IoThread
    private void clientExchangeEnded() {
        boolean complete = response.ended();
        cancelled = !complete;
        response.close();
        body.close();
        connection.closed();
        if (!complete) {
            execution.cancel();
        }
    }

    /** Called when the handler's exchange has ended. Any thread. */
    void handlerExchangeEnded() {
        execution.completeResponse();
    }

    /** Ends the exchange: a cancelled handler may have left its streams open, with buffers in them. */
    private void cleanUp() {
        if (!exchange.isComplete()) {
            exchange.endExchange();
        }
    }

    /** Reserves memory for the rest of the body; the handler reads it as a whole. Any thread. */
    void holdForm(HeldForm form) {
        body.hold(form);
    }

    void stopReadingBody() {
        body.stopReading();
    }

    /** Called when the response was sent. The rest of the request may be in transit. I/O thread. */
    @IoThread
    void sent() {
        HttpServerExchange client = invocation.exchange();
        if (client.isRequestComplete() || invocation.stopped()) {
            return;
        }
        if (client.isPersistent()) {
            body.discard();
            invocation.awaitEndOfRequest();
        } else {
            ServedConnections.of(client).stopReading(client);
        }
    }

    /** Called when the client accepts no more, or the response has another length than announced. I/O thread. */
    @IoThread
    void sendFailed(IOException reason) {
        if (reason instanceof UnsendableHeadException) {
            context.failed(invocation, reason);
        } else if (reason instanceof FixedLengthUnderflowException || reason instanceof FixedLengthOverflowException) {
            context.logFailure(invocation, reason);
            invocation.abort();
        } else if (!invocation.stopped()) {
            invocation.clientDisconnected();
        }
    }
}
