package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.io.SinkFilter;
import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import io.undertow.util.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.StreamSinkConduit;

/**
 * A copy of an answer as it is sent, so that others who wait for the same can have it.
 *
 * <p>Threads: the exchange's IO thread; read by others only after the exchange has ended.
 */
final class CapturedResponse implements ConduitWrapper<StreamSinkConduit> {
    /** What a probe's answer may hold; the rest of a longer one is not passed on. */
    private static final int LONGEST_BODY = 64 * 1024;

    private final HttpServerExchange exchange;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    // Mutable state
    private boolean isComplete;

    CapturedResponse(HttpServerExchange exchange) {
        this.exchange = exchange;
    }

    /** Whether the answer was sent to its end. */
    boolean isComplete() {
        return isComplete;
    }

    CannedResponse toResponse() {
        CannedResponse answer = CannedResponse.of(exchange.getStatusCode());
        String type = exchange.getResponseHeaders().getFirst(Headers.CONTENT_TYPE);
        return type == null ? answer.withBody(body.toByteArray()) : answer.withBody(type, body.toByteArray());
    }

    @Override
    public StreamSinkConduit wrap(ConduitFactory<StreamSinkConduit> factory, HttpServerExchange wrapped) {
        return new Copying(factory.create());
    }

    private void copy(ByteBuffer src, int from, int written) {
        int room = Math.min(written, LONGEST_BODY - body.size());
        for (int i = from; i < from + room; i++) {
            body.write(src.get(i));
        }
    }

    private final class Copying extends SinkFilter {
        Copying(StreamSinkConduit next) {
            super(next);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            int from = src.position();
            int written = next.write(src);
            copy(src, from, written);
            return written;
        }

        @Override
        public void terminateWrites() throws IOException {
            isComplete = true;
            next.terminateWrites();
        }
    }
}
