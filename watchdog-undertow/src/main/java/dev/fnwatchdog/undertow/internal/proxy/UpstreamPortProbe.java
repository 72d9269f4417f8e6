package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.SelfConnection;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * Detects whether the function's port has accepted a connection since the function was started, by trying until it does
 * (specification 2.6).
 *
 * <p>Threads: any may ask for the result; one I/O thread makes the attempts.
 */
final class UpstreamPortProbe {
    private static final long RETRY_MILLIS = 5;

    private final UpstreamAddress address;
    private final XnioIoThread thread;

    // Mutable state
    private volatile boolean accepting;
    private volatile boolean ended;

    UpstreamPortProbe(UpstreamAddress address, XnioWorker worker) {
        this.address = address;
        this.thread = worker.getIoThread();
    }

    /** Returns whether the port has accepted a connection, and the function process has not ended. */
    boolean accepting() {
        return accepting;
    }

    /** Starts to try, until the port accepts a connection or {@link #functionEnded()} is called. */
    void start() {
        thread.execute(() -> attempt(0));
    }

    /** Called when the function has ended: nothing listens on the port any more, or another program does. */
    void functionEnded() {
        ended = true;
        accepting = false;
    }

    private void attempt(int number) {
        if (ended) {
            return;
        }
        thread.openStreamConnection(
                        address.candidate(number), connection -> accepted(connection, number), OptionMap.EMPTY)
                .addNotifier(
                        new IoFuture.HandlingNotifier<StreamConnection, UpstreamPortProbe>() {
                            @Override
                            public void handleFailed(IOException refused, UpstreamPortProbe probe) {
                                probe.retryAfter(number);
                            }
                        },
                        this);
    }

    /** Tries the next address; after the last one it pauses first. */
    private void retryAfter(int number) {
        if (ended) {
            // The I/O thread may be ending too, and then rejects tasks.
            return;
        }
        int next = (number + 1) % address.count();
        thread.executeAfter(() -> attempt(next), next == 0 ? RETRY_MILLIS : 0, TimeUnit.MILLISECONDS);
    }

    /** Handles a connection that the {@code number}-th address has accepted. */
    void accepted(StreamConnection connection, int number) {
        if (SelfConnection.closeIfSelf(connection)) {
            retryAfter(number);
            return;
        }
        IoUtils.safeClose(connection);
        accepting = !ended;
    }
}
