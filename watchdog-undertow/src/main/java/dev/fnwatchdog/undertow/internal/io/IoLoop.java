package dev.fnwatchdog.undertow.internal.io;

import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import io.undertow.connector.ByteBufferPool;
import org.xnio.XnioIoThread;

/**
 * What one IO thread owns for itself, so that no call needs a lock: its timers, its large buffers, the
 * header names that it has seen.
 *
 * <p>Threads: only its own IO thread uses it.
 */
public final class IoLoop {
    private final XnioIoThread thread;
    private final TimeoutQueue execTimeouts;
    private final TimeoutQueue readTimeouts;
    private final TimeoutQueue writeTimeouts;
    private final TimeoutQueue clientChecks;
    private final LargeBuffers largeBuffers;
    private final HeaderLineParser headerLines = new HeaderLineParser();

    /** @param buffers those of the usual size */
    IoLoop(XnioIoThread thread, ByteBufferPool buffers) {
        this.thread = thread;
        this.largeBuffers = new LargeBuffers(buffers);
        this.execTimeouts = new TimeoutQueue(thread);
        this.readTimeouts = new TimeoutQueue(thread);
        this.writeTimeouts = new TimeoutQueue(thread);
        this.clientChecks = new TimeoutQueue(thread);
    }

    public XnioIoThread thread() {
        return thread;
    }

    /** For {@code exec_timeout} and X-Timeout. */
    public TimeoutQueue execTimeouts() {
        return execTimeouts;
    }

    /** For {@code read_timeout} of bodies; heads have Undertow's own. */
    public TimeoutQueue readTimeouts() {
        return readTimeouts;
    }

    /** For {@code write_timeout}. */
    public TimeoutQueue writeTimeouts() {
        return writeTimeouts;
    }

    /** For looks at clients whose bodies nobody reads. */
    public TimeoutQueue clientChecks() {
        return clientChecks;
    }

    public LargeBuffers largeBuffers() {
        return largeBuffers;
    }

    public HeaderLineParser headerLines() {
        return headerLines;
    }
}
