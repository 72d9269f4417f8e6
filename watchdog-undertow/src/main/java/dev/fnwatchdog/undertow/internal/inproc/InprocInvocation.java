package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.http.PercentDecoder;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.FatalErrors;
import io.undertow.server.Connectors;
import io.undertow.server.DefaultResponseListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.BadRequestException;
import io.undertow.util.HeaderMap;
import io.undertow.util.ParameterLimitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.FixedLengthOverflowException;
import org.xnio.channels.FixedLengthUnderflowException;

/**
 * One call in a handler that works on exchanges of Undertow's (contract 5). The handler gets an exchange of its own, since none
 * is safe for two threads: when the call is given up the client is answered at once, on his IO thread, whatever the handler
 * still does to the other and on whatever thread.
 */
final class InprocInvocation implements Executor {
    private static final boolean DECODE = true;
    private static final boolean DECODE_SLASHES = false;

    private final Invocation invocation;
    private final HandlerContext host;
    private final HttpHandler handler;
    private final HandlerExecution execution;
    private final InprocRequestBody body;
    private final InprocResponse answer;
    private final InprocConnection connection;
    private final HttpServerExchange exchange;
    private final ResponseHead head;

    // Mutable state
    private volatile boolean givenUp;

    /** @throws BadRequestException where the target's escapes make no text */
    InprocInvocation(Invocation invocation, HandlerContext host, HttpHandler handler)
            throws BadRequestException, ParameterLimitException {
        this.invocation = invocation;
        this.host = host;
        this.handler = handler;
        this.execution = host.newExecution(this::failed);
        this.body = new InprocRequestBody(this);
        this.answer = new InprocResponse(this);
        this.connection = new InprocConnection(this, body, answer);
        this.exchange = newExchange(invocation.exchange());
        this.head = new ResponseHead(invocation, exchange);
    }

    /** The call of an exchange that a handler was given. */
    static InprocInvocation of(HttpServerExchange exchange) {
        return ((InprocConnection) exchange.getConnection()).invocation();
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
                PercentDecoder.escape(RequestTarget.of(client)),
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

    Invocation invocation() {
        return invocation;
    }

    HandlerExecution execution() {
        return execution;
    }

    /** What the handler works on. */
    HttpServerExchange exchange() {
        return exchange;
    }

    ResponseHead head() {
        return head;
    }

    /** Runs the handler on this thread, or, where it blocks, on another; now or when there is a place for it. */
    void enter(boolean blocks) {
        invocation.onAbort(this::giveUp);
        execution.onCancel(this::cleanUp);
        if (blocks) {
            body.prefetch();
        }
        host.admit(invocation, execution, blocks ? () -> execute(this::serve) : this::serveHere);
    }

    private void serveHere() {
        exchange.setDispatchExecutor(this);
        serve();
    }

    private void serve() {
        if (givenUp) {
            execution.completeResponse();
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
        execution.execute(() -> {
            exchange.setDispatchExecutor(this);
            task.run();
        });
    }

    /** Any thread. What is thrown once nobody waits for an answer is no news, unless the JVM itself has failed. */
    void failed(Throwable failure) {
        if (givenUp && FatalErrors.findFatal(failure) == null) {
            return;
        }
        if (answer.ended() || givenUp) {
            host.logFailure(invocation, failure);
            return;
        }
        answer.rejectOutput();
        connection.markClosed();
        host.failed(invocation, failure);
    }

    /** The handler's trailers cannot be had: its response is not whole, though its body is. IO thread. */
    void trailersFailed(Throwable failure) {
        host.failed(invocation, failure);
    }

    /** What Undertow has caught, where a handler was dispatched. */
    @Nullable
    Throwable caught() {
        return exchange.getAttachment(DefaultResponseListener.EXCEPTION);
    }

    /** Any thread: the handler breaks the connection. */
    void abort() {
        if (!answer.ended() && !givenUp) {
            answer.rejectOutput();
            connection.markClosed();
            invocation.loop().thread().execute(invocation::abort);
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
            execution.cancel();
        }
    }

    /** The handler's exchange is over. Any thread. */
    void handlerExchangeEnded() {
        execution.completeResponse();
    }

    /** A handler that was given up may have left its streams open, with buffers in them. */
    private void cleanUp() {
        if (!exchange.isComplete()) {
            exchange.endExchange();
        }
    }

    void stopReadingBody() {
        body.stopReading();
    }

    /** The answer is out. What is left of the request may be on its way already. IO thread. */
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

    /** The client takes no more, or was promised another length. IO thread. */
    void sendFailed(IOException reason) {
        if (reason instanceof FixedLengthUnderflowException || reason instanceof FixedLengthOverflowException) {
            host.logFailure(invocation, reason);
            invocation.abort();
        } else if (!invocation.stopped()) {
            invocation.clientDisconnected();
        }
    }
}
