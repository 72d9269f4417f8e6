package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.handler.BodyBufferHandler;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.xnio.channels.StreamSourceChannel;

/**
 * Passes calls to a function of OpenFaaS' model, whose bodies are strings: each is read as a whole, and held in memory while
 * the function runs (contract 5).
 *
 * <p>Threads: the exchange's IO thread; the function runs on a thread of its own.
 */
final class ModelFunction implements HttpHandler {
    private final HandlerContext host;
    private final Object function;
    private final ModelTypes types;
    private final MemoryBudget memory;
    private final HttpHandler reading;

    ModelFunction(HandlerContext host, Object function, ModelTypes types, MemoryBudget memory) {
        this.host = host;
        this.function = function;
        this.types = types;
        this.memory = memory;
        this.reading = new HttpContinueReadHandler(new BodyBufferHandler(this::read, memory));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (host.accept(exchange)) {
            reading.handleRequest(exchange);
        }
    }

    /** All of the body is there. */
    private void read(HttpServerExchange exchange) throws IOException {
        Invocation invocation = Invocation.of(exchange);
        int length = (int) Math.max(0, exchange.getRequestContentLength());
        if (!take(invocation, length)) {
            invocation.respondInstead(HandlerContext.errorResponse(invocation, StatusCodes.REQUEST_ENTITY_TOO_LARGE));
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(exchange.isRequestComplete() ? 0 : length);
        if (bytes.hasRemaining()) {
            StreamSourceChannel channel = exchange.getRequestChannel();
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes);
            }
            channel.read(ByteBuffer.allocate(1));
        }
        String body = new String(bytes.array(), StandardCharsets.UTF_8);
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> enter(invocation, body));
    }

    /** For the string, beside the bytes that it is made of. */
    private boolean take(Invocation invocation, long bytes) {
        if (!memory.reserve(bytes)) {
            return false;
        }
        invocation.atEnd(() -> memory.release(bytes));
        return true;
    }

    private void enter(Invocation invocation, String body) {
        HandlerExecution run = host.newExecution(failure -> host.failed(invocation, failure));
        invocation.onAbort(run::cancel);
        ModelRequest request = ModelRequest.of(invocation.exchange());
        host.admit(
                invocation,
                run,
                () -> run.execute(() -> {
                    handle(invocation, run, request, body);
                }));
    }

    @SuppressWarnings("CatchingUnchecked") // whatever the function throws, the client is to be told
    private void handle(Invocation invocation, HandlerExecution run, ModelRequest request, String body) {
        try {
            Object response = types.call(function, body, request.headers(), request.query(), request.path());
            ModelResponse answer = ModelResponse.of(types, response, memory);
            invocation.loop().thread().execute(() -> send(invocation, answer));
        } catch (Throwable failure) {
            host.failed(invocation, failure);
        } finally {
            run.completeResponse();
        }
    }

    private void send(Invocation invocation, ModelResponse answer) {
        int size = answer.body().remaining();
        if (invocation.stopped()) {
            memory.release(size);
            return;
        }
        invocation.atEnd(() -> memory.release(size));
        invocation.onAbort(() -> {});
        if (answer.refusal().isEmpty()) {
            answer.send(invocation.exchange());
        } else {
            host.refuseResponse(invocation, answer.refusal());
        }
    }
}
