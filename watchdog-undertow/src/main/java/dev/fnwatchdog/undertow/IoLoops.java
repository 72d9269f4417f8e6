package dev.fnwatchdog.undertow;

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
    private final AtomicReferenceArray<IoLoop> loops;

    IoLoops(XnioWorker worker) {
        this.loops = new AtomicReferenceArray<>(worker.getIoThreadCount());
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
        IoLoop made = new IoLoop(thread);
        loops.set(number, made);
        return made;
    }
}
