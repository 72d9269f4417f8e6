package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.BufferedBody;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.util.function.Consumer;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads the whole body of a request into memory. What does not fit is 413.
 *
 * <p>Threads: the exchange's IO thread.
 */
public final class RequestBodyCollector {
    private static final CannedResponse TOO_LARGE = CannedResponse.of(StatusCodes.REQUEST_ENTITY_TOO_LARGE)
            .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG);

    private final HttpServerExchange exchange;
    private final Invocation invocation;
    private final BufferedBody body;
    private final Consumer<BufferedBody> whenWhole;

    /** @param whenWhole runs when the body is there, unless {@link #read} has said so, or the call is over */
    public RequestBodyCollector(HttpServerExchange exchange, MemoryBudget memory, Consumer<BufferedBody> whenWhole) {
        this.exchange = exchange;
        this.invocation = Invocation.of(exchange);
        this.body = new BufferedBody(memory);
        this.whenWhole = whenWhole;
        invocation.atEnd(body::free);
    }

    public BufferedBody body() {
        return body;
    }

    /** Reads what there is, and goes on by itself. True when that is all. */
    public boolean read() throws IOException {
        if (exchange.isRequestComplete()) {
            return true;
        }
        // A length that cannot fit is refused before a byte of it is read.
        if (!body.announce(Math.max(0, exchange.getRequestContentLength()))) {
            refuse();
            return false;
        }
        StreamSourceChannel channel = exchange.getRequestChannel();
        if (readOn(channel)) {
            return true;
        }
        if (!invocation.stopped()) {
            channel.getReadSetter().set(this::continueReading);
            channel.resumeReads();
        }
        return false;
    }

    /** Who has been answered may try again at once: his memory has to be there by then. */
    private void refuse() {
        body.free();
        invocation.respondInstead(TOO_LARGE);
    }

    private boolean readOn(StreamSourceChannel channel) throws IOException {
        BufferedBody.Progress progress = body.readFrom(channel);
        if (progress == BufferedBody.Progress.TOO_LARGE && !invocation.stopped()) {
            refuse();
        }
        // A call that was answered meanwhile (too late, malformed) looks like an end too.
        // One that is complete with its last data says nothing more, and so may not be waited for.
        return (progress == BufferedBody.Progress.COMPLETE || exchange.isRequestComplete()) && !invocation.stopped();
    }

    private void continueReading(StreamSourceChannel channel) {
        try {
            channel.suspendReads();
            if (invocation.stopped()) {
                return;
            }
            if (readOn(channel)) {
                whenWhole.accept(body);
            } else if (!invocation.stopped()) {
                channel.resumeReads();
            }
        } catch (IOException gone) {
            invocation.clientDisconnected();
        }
    }
}
