package dev.fnwatchdog.undertow;

import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import io.undertow.util.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;

/**
 * A copy of an answer as it is sent, so that others who wait for the same can have it.
 *
 * <p>Threads: the exchange's IO thread; read by others only after the exchange has ended.
 */
final class CapturedAnswer implements ConduitWrapper<StreamSinkConduit> {
    /** What a probe's answer may hold; the rest of a longer one is not passed on. */
    private static final int LONGEST_BODY = 64 * 1024;

    private final HttpServerExchange exchange;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    // Mutable state
    private boolean whole;

    CapturedAnswer(HttpServerExchange exchange) {
        this.exchange = exchange;
    }

    /** Whether the answer was sent to its end. */
    boolean whole() {
        return whole;
    }

    Answer answer() {
        Answer answer = Answer.of(exchange.getStatusCode());
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

    private final class Copying extends AbstractStreamSinkConduit<StreamSinkConduit> {
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
        public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
            long total = 0;
            for (int i = offs; i < offs + len; i++) {
                while (srcs[i].hasRemaining()) {
                    int written = write(srcs[i]);
                    total += written;
                    if (written == 0) {
                        return total;
                    }
                }
            }
            return total;
        }

        @Override
        public long transferFrom(FileChannel src, long position, long count) throws IOException {
            return src.transferTo(position, count, new ConduitWritableByteChannel(this));
        }

        @Override
        public int writeFinal(ByteBuffer src) throws IOException {
            return Conduits.writeFinalBasic(this, src);
        }

        @Override
        public long writeFinal(ByteBuffer[] srcs, int offs, int len) throws IOException {
            return Conduits.writeFinalBasic(this, srcs, offs, len);
        }

        @Override
        public void terminateWrites() throws IOException {
            whole = true;
            next.terminateWrites();
        }
    }
}
