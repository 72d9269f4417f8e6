package dev.fnwatchdog.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.ImmediatePooledByteBuffer;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads the whole body of a request before the function sees any of it, and gives it a Content-Length ({@code
 * http_buffer_req_body}), for servers that do not understand a chunked one. What does not fit into memory is 413.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class BodyBufferHandler implements HttpHandler {
    private static final Answer TOO_LARGE =
            Answer.of(StatusCodes.REQUEST_ENTITY_TOO_LARGE).with(Answer.INTERNAL, "of-watchdog");

    private final HttpHandler next;
    private final MemoryBudget memory;

    BodyBufferHandler(HttpHandler next, MemoryBudget memory) {
        this.next = next;
        this.memory = memory;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.isRequestComplete()) {
            next.handleRequest(exchange);
            return;
        }
        Body body = new Body(exchange);
        if (body.announcedFits() && body.readOn()) {
            next.handleRequest(exchange);
        }
    }

    /** One body on its way into memory. */
    private final class Body {
        private final HttpServerExchange exchange;
        private final StreamSourceChannel channel;
        private final List<PooledByteBuffer> pieces = new ArrayList<>();

        // Mutable state
        private long size;
        private long taken;

        Body(HttpServerExchange exchange) {
            this.exchange = exchange;
            this.channel = exchange.getRequestChannel();
            Call.of(exchange).atEnd(() -> memory.giveBack(taken));
        }

        /** A length that cannot fit is refused before a byte of it is read. */
        boolean announcedFits() {
            return take(Math.max(0, exchange.getRequestContentLength()));
        }

        private boolean take(long upTo) {
            if (upTo <= taken) {
                return true;
            }
            if (memory.take(upTo - taken)) {
                taken = upTo;
                return true;
            }
            Call.of(exchange).answerInstead(TOO_LARGE);
            return false;
        }

        /** Reads what there is. True when that was the end: the body is then the exchange's again. */
        boolean readOn() throws IOException {
            try (PooledByteBuffer pooled =
                    exchange.getConnection().getByteBufferPool().allocate()) {
                while (true) {
                    ByteBuffer buffer = pooled.getBuffer().clear();
                    int read = channel.read(buffer);
                    if (read < 0) {
                        // A call that was answered meanwhile (too late, malformed) looks like an end too.
                        return !Call.of(exchange).stopped() && handOver();
                    }
                    if (read == 0) {
                        channel.getReadSetter().set(readable -> continueReading());
                        channel.resumeReads();
                        return false;
                    }
                    if (!take(size + read)) {
                        return false;
                    }
                    size += read;
                    byte[] piece = new byte[read];
                    buffer.flip().get(piece);
                    pieces.add(new ImmediatePooledByteBuffer(ByteBuffer.wrap(piece)));
                }
            }
        }

        private void continueReading() {
            try {
                channel.suspendReads();
                if (readOn()) {
                    exchange.dispatch(SameThreadExecutor.INSTANCE, next);
                }
            } catch (IOException gone) {
                Call.of(exchange).clientGone();
            }
        }

        private boolean handOver() {
            exchange.getRequestHeaders().remove(Headers.TRANSFER_ENCODING);
            exchange.getRequestHeaders().put(Headers.CONTENT_LENGTH, size);
            if (size > 0) {
                Connectors.ungetRequestBytes(exchange, pieces.toArray(new PooledByteBuffer[0]));
                Connectors.resetRequestChannel(exchange);
            }
            return true;
        }
    }
}
