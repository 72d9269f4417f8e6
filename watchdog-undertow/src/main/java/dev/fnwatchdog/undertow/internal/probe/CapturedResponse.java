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
 * Copies a response while it is sent, for other probes that wait for the same.
 *
 * <p>Threads: the exchange's I/O thread; other threads read it only after the exchange has ended.
 */
final class CapturedResponse implements ConduitWrapper<StreamSinkConduit> {
    /** In bytes. The rest of a longer body is not copied. */
    private static final int MAX_BODY = 64 * 1024;

    private final HttpServerExchange exchange;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    // Mutable state
    private boolean complete;

    CapturedResponse(HttpServerExchange exchange) {
        this.exchange = exchange;
    }

    /** Returns whether the response was sent completely. */
    boolean isComplete() {
        return complete;
    }

    CannedResponse toResponse() {
        CannedResponse response = CannedResponse.of(exchange.getStatusCode());
        String type = exchange.getResponseHeaders().getFirst(Headers.CONTENT_TYPE);
        return type == null ? response.withBody(body.toByteArray()) : response.withBody(type, body.toByteArray());
    }

    @Override
    public StreamSinkConduit wrap(ConduitFactory<StreamSinkConduit> factory, HttpServerExchange wrapped) {
        return new Copying(factory.create());
    }

    private void copy(ByteBuffer src, int from, int written) {
        int count = Math.min(written, MAX_BODY - body.size());
        for (int i = from; i < from + count; i++) {
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
            complete = true;
            next.terminateWrites();
        }
    }
}
