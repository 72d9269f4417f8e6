package dev.fnwatchdog.undertow.internal.io;

import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpServerExchange;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * The {@link IoLoop} of each I/O thread of one worker.
 *
 * <p>Threads: any.
 */
public final class IoLoops {
    private final ByteBufferPool buffers;
    private final IoLocal<IoLoop> loops;

    public IoLoops(XnioWorker worker, ByteBufferPool buffers) {
        this.buffers = buffers;
        this.loops = new IoLocal<>(worker, thread -> new IoLoop(thread, buffers));
    }

    /** How many large buffers requests hold. */
    public int largeBuffersInUse() {
        return loops.sum(loop -> loop.largeBuffers().inUse());
    }

    /** Whether so many buffers are in use that new requests should not be begun. */
    public boolean buffersAreScarce() {
        return buffers instanceof IoBuffers own && own.scarce();
    }

    public IoLoop of(HttpServerExchange exchange) {
        return of(exchange.getIoThread());
    }

    public IoLoop of(XnioIoThread thread) {
        return loops.of(thread);
    }
}
