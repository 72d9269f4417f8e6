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
 * Whether the function's port has accepted a connection since it was started, tried until it has (contract 2).
 *
 * <p>Threads: any may ask; the attempts are made on one IO thread.
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

    /** Whether it is there. */
    boolean accepting() {
        return accepting;
    }

    /** Tries until it accepts, or until the function is {@link #functionEnded()}. */
    void start() {
        thread.execute(() -> attempt(0));
    }

    /** The function has ended: nothing listens there any more, or nothing of ours. */
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
                            public void handleFailed(IOException notYet, UpstreamPortProbe port) {
                                port.retryAfter(number);
                            }
                        },
                        this);
    }

    /** One address after the other, then a pause. */
    private void retryAfter(int number) {
        if (ended) {
            // The thread may be ending too, and then takes no more tasks.
            return;
        }
        int next = (number + 1) % address.count();
        thread.executeAfter(() -> attempt(next), next == 0 ? RETRY_MILLIS : 0, TimeUnit.MILLISECONDS);
    }

    /** Something has accepted the {@code number}-th address's connection. */
    void accepted(StreamConnection connection, int number) {
        if (SelfConnection.closeIfSelf(connection)) {
            retryAfter(number);
            return;
        }
        IoUtils.safeClose(connection);
        accepting = !ended;
    }
}
