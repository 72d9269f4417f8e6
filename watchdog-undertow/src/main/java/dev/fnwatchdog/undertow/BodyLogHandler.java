package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Set;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Prints bodies to the log while they pass ({@code read_debug} and {@code write_debug}, contract 1). It stands in the chain
 * only where one of them is set.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class BodyLogHandler implements HttpHandler {
    private static final Set<String> MODES = Set.of("http", "streaming", "serializing");

    private final HttpHandler next;
    private final WatchdogLog log;
    private final LogConfig config;

    private BodyLogHandler(HttpHandler next, WatchdogLog log, LogConfig config) {
        this.next = next;
        this.log = log;
        this.config = config;
    }

    /** Puts itself before {@code next} where it has something to do. */
    static HttpHandler before(HttpHandler next, WatchdogLog log, LogConfig config, ModeConfig mode) {
        boolean wanted = (config.requestBodies() || config.responseBodies()) && MODES.contains(mode.name());
        return wanted ? new BodyLogHandler(next, log, config) : next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Call call = Call.of(exchange);
        if (config.requestBodies() && !exchange.isRequestComplete()) {
            BodyLog body = new BodyLog(log, "Request body", config.bufferSize());
            exchange.addRequestWrapper((factory, ex) -> new Read(factory.create(), body));
            call.atEnd(body::end);
        }
        if (config.responseBodies()) {
            BodyLog body = new BodyLog(log, "Response body", config.bufferSize());
            exchange.addResponseWrapper((factory, ex) -> new Written(factory.create(), body));
            call.atEnd(body::end);
        }
        next.handleRequest(exchange);
    }

    private static final class Read extends AbstractStreamSourceConduit<StreamSourceConduit> {
        private final BodyLog body;

        Read(StreamSourceConduit next, BodyLog body) {
            super(next);
            this.body = body;
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            int from = dst.position();
            int count = next.read(dst);
            body.add(dst, from, dst.position());
            if (count < 0) {
                body.end();
            }
            return count;
        }

        @Override
        public long read(ByteBuffer[] dsts, int offs, int len) throws IOException {
            for (int i = offs; i < offs + len; i++) {
                if (dsts[i].hasRemaining()) {
                    return read(dsts[i]);
                }
            }
            return 0;
        }

        @Override
        public long transferTo(long position, long count, FileChannel target) throws IOException {
            return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
        }

        @Override
        public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
            return Conduits.transfer(this, count, throughBuffer, target);
        }
    }

    private static final class Written extends AbstractStreamSinkConduit<StreamSinkConduit> {
        private final BodyLog body;

        Written(StreamSinkConduit next, BodyLog body) {
            super(next);
            this.body = body;
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            int from = src.position();
            int count = next.write(src);
            body.add(src, from, src.position());
            return count;
        }

        @Override
        public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
            for (int i = offs; i < offs + len; i++) {
                if (srcs[i].hasRemaining()) {
                    return write(srcs[i]);
                }
            }
            return 0;
        }

        @Override
        public void terminateWrites() throws IOException {
            body.end();
            next.terminateWrites();
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
        public long transferFrom(FileChannel src, long position, long count) throws IOException {
            return src.transferTo(position, count, new ConduitWritableByteChannel(this));
        }

        @Override
        public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
            return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
        }
    }
}
