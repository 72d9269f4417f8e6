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
 * Passes requests to a function of the OpenFaaS model (specification 5.9). Its bodies are strings, so each is read completely,
 * and stays in memory while the function runs.
 *
 * <p>Threads: the exchange's I/O thread; the function runs on a thread of its own.
 */
final class ModelFunction implements HttpHandler {
    private final HandlerContext context;
    private final Object function;
    private final ModelTypes types;
    private final MemoryBudget memory;
    private final HttpHandler bodyReader;

    ModelFunction(HandlerContext context, Object function, ModelTypes types, MemoryBudget memory) {
        this.context = context;
        this.function = function;
        this.types = types;
        this.memory = memory;
        this.bodyReader = new HttpContinueReadHandler(new BodyBufferHandler(this::read, memory));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (context.accept(exchange)) {
            bodyReader.handleRequest(exchange);
        }
    }

    /** Called when the whole body is buffered. */
    private void read(HttpServerExchange exchange) throws IOException {
        Invocation invocation = Invocation.of(exchange);
        int length = (int) Math.max(0, exchange.getRequestContentLength());
        if (!charge(invocation, length)) {
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
        String text = new String(bytes.array(), StandardCharsets.UTF_8);
        if (ModelRequest.isBinary(bytes.array(), text) && !charge(invocation, base64Length(length))) {
            invocation.respondInstead(HandlerContext.errorResponse(invocation, StatusCodes.REQUEST_ENTITY_TOO_LARGE));
            return;
        }
        ModelRequest request = ModelRequest.of(exchange, bytes.array(), text);
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> enter(invocation, request));
    }

    private static long base64Length(long bytes) {
        return (bytes + 2) / 3 * 4;
    }

    /** Charges the string, in addition to the bytes that it is made of. */
    private boolean charge(Invocation invocation, long bytes) {
        if (!memory.reserve(bytes)) {
            return false;
        }
        invocation.atEnd(() -> memory.release(bytes));
        return true;
    }

    private void enter(Invocation invocation, ModelRequest request) {
        HandlerExecution execution = context.newExecution(failure -> context.failed(invocation, failure));
        invocation.onAbort(execution::cancel);
        context.admit(
                invocation,
                execution,
                () -> execution.execute(() -> {
                    handle(invocation, execution, request);
                }));
    }

    @SuppressWarnings("CatchingUnchecked") // every throwable of the function must lead to a response
    private void handle(Invocation invocation, HandlerExecution execution, ModelRequest request) {
        try {
            Object returned = types.call(function, request.body(), request.headers(), request.query(), request.path());
            ModelResponse response = ModelResponse.of(types, returned, memory);
            invocation.loop().thread().execute(() -> send(invocation, response));
        } catch (Throwable failure) {
            context.failed(invocation, failure);
        } finally {
            execution.completeResponse();
        }
    }

    private void send(Invocation invocation, ModelResponse response) {
        int size = response.body().remaining();
        if (invocation.stopped()) {
            memory.release(size);
            return;
        }
        invocation.atEnd(() -> memory.release(size));
        invocation.onAbort(() -> {});
        if (response.refusal().isEmpty()) {
            response.send(invocation.exchange());
        } else {
            context.refuseResponse(invocation, response.refusal());
        }
    }
}
