package dev.fnwatchdog.undertow;

import io.undertow.connector.ByteBufferPool;
import org.xnio.XnioIoThread;

/**
 * What one IO thread owns for itself, so that no call needs a lock: its timers, its large buffers, the
 * header names that it has seen.
 *
 * <p>Threads: only its own IO thread uses it.
 */
final class IoLoop {
    private final XnioIoThread thread;
    private final TimeoutQueue execTimeouts;
    private final TimeoutQueue readTimeouts;
    private final TimeoutQueue writeTimeouts;
    private final TimeoutQueue clientChecks;
    private final LargeBuffers largeBuffers;
    private final HeaderLines headerLines = new HeaderLines();

    /** @param buffers those of the usual size */
    IoLoop(XnioIoThread thread, ByteBufferPool buffers) {
        this.thread = thread;
        this.largeBuffers = new LargeBuffers(buffers);
        this.execTimeouts = new TimeoutQueue(thread);
        this.readTimeouts = new TimeoutQueue(thread);
        this.writeTimeouts = new TimeoutQueue(thread);
        this.clientChecks = new TimeoutQueue(thread);
    }

    XnioIoThread thread() {
        return thread;
    }

    /** For {@code exec_timeout} and X-Timeout. */
    TimeoutQueue execTimeouts() {
        return execTimeouts;
    }

    /** For {@code read_timeout} of bodies; heads have Undertow's own. */
    TimeoutQueue readTimeouts() {
        return readTimeouts;
    }

    /** For {@code write_timeout}. */
    TimeoutQueue writeTimeouts() {
        return writeTimeouts;
    }

    /** For looks at clients whose bodies nobody reads. */
    TimeoutQueue clientChecks() {
        return clientChecks;
    }

    LargeBuffers largeBuffers() {
        return largeBuffers;
    }

    HeaderLines headerLines() {
        return headerLines;
    }
}
