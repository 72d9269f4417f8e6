package dev.fnwatchdog.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * The {@link IoLoop} of each IO thread of one worker, made when the thread first needs it.
 *
 * <p>Threads: any; a slot is filled by its own thread alone.
 */
final class IoLoops {
    private final ByteBufferPool buffers;
    private final AtomicReferenceArray<IoLoop> loops;

    IoLoops(XnioWorker worker, ByteBufferPool buffers) {
        this.buffers = buffers;
        this.loops = new AtomicReferenceArray<>(worker.getIoThreadCount());
    }

    /** How many large buffers calls hold. */
    int largeBuffersTaken() {
        int taken = 0;
        for (int i = 0; i < loops.length(); i++) {
            IoLoop known = loops.get(i);
            taken += known == null ? 0 : known.largeBuffers().taken();
        }
        return taken;
    }

    /** Whether so many buffers are in use that new requests should not be begun. */
    boolean buffersAreScarce() {
        return buffers instanceof IoBuffers own && own.scarce();
    }

    IoLoop of(HttpServerExchange exchange) {
        return of(exchange.getIoThread());
    }

    IoLoop of(XnioIoThread thread) {
        int number = thread.getNumber();
        IoLoop known = loops.get(number);
        if (known != null) {
            return known;
        }
        IoLoop made = new IoLoop(thread, buffers);
        loops.set(number, made);
        return made;
    }
}
