package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.BufferedBody;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.util.function.Consumer;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads a whole request body into memory. A body that does not fit is 413 (specification 7.20).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class RequestBodyCollector {
    private static final CannedResponse TOO_LARGE = CannedResponse.ofWatchdog(StatusCodes.REQUEST_ENTITY_TOO_LARGE);

    private final HttpServerExchange exchange;
    private final Invocation invocation;
    private final BufferedBody body;
    private final Consumer<BufferedBody> whenComplete;

    /**
     * @param whenComplete runs when the body is complete, unless {@link #read} has returned true or the request has ended
     */
    public RequestBodyCollector(HttpServerExchange exchange, MemoryBudget memory, Consumer<BufferedBody> whenComplete) {
        this.exchange = exchange;
        this.invocation = Invocation.of(exchange);
        this.body = new BufferedBody(memory);
        this.whenComplete = whenComplete;
        invocation.atEnd(body::free);
    }

    public BufferedBody body() {
        return body;
    }

    /** Reads what has arrived, and continues when more arrives. Returns true when the body is complete. */
    public boolean read() throws IOException {
        if (exchange.isRequestComplete()) {
            return true;
        }
        // A length that cannot fit is refused before any of the body is read.
        if (!body.announce(Math.max(0, exchange.getRequestContentLength()))) {
            refuse();
            return false;
        }
        StreamSourceChannel channel = exchange.getRequestChannel();
        if (readMore(channel)) {
            return true;
        }
        if (!invocation.stopped()) {
            channel.getReadSetter().set(this::continueReading);
            channel.resumeReads();
        }
        return false;
    }

    /** Refuses with 413. The memory is free before: the client may retry at once. */
    private void refuse() {
        body.free();
        invocation.respondInstead(TOO_LARGE);
    }

    private boolean readMore(StreamSourceChannel channel) throws IOException {
        BufferedBody.Progress progress = body.readFrom(channel);
        if (progress == BufferedBody.Progress.TOO_LARGE && !invocation.stopped()) {
            refuse();
        }
        // A request that was refused meanwhile (timeout, malformed) also looks like the end of its body. A request that
        // is complete with its last data causes no further event, so it must not be waited for.
        return (progress == BufferedBody.Progress.COMPLETE || exchange.isRequestComplete()) && !invocation.stopped();
    }

    private void continueReading(StreamSourceChannel channel) {
        try {
            channel.suspendReads();
            if (invocation.stopped()) {
                return;
            }
            if (readMore(channel)) {
                whenComplete.accept(body);
            } else if (!invocation.stopped()) {
                channel.resumeReads();
            }
        } catch (IOException disconnect) {
            invocation.clientDisconnected();
        }
    }
}
