package dev.fnwatchdog.undertow.internal.proxy;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.io.SelfConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * Detects whether the function's port has accepted a connection since the function was started, by trying until it does
 * (specification 2.6, 3.3).
 *
 * <p>Threads: any may ask for the result; one I/O thread makes the attempts.
 */
final class UpstreamPortProbe implements HostLookup.Listener {
    private static final long RETRY_MILLIS = 5;
    /** Longer: each retry may be a request to a name server. */
    private static final long LOOKUP_RETRY_MILLIS = 250;

    /** Leaves time for one repetition of a lost packet. */
    private static final long CONNECT_TIMEOUT_SECONDS = 3;

    /** What is known of the port. It changes in this order only, and may skip {@code ACCEPTING}. */
    enum State {
        /** The port has not accepted a connection since the function was started. */
        AWAITED,
        /** The port has accepted a connection. */
        ACCEPTING,
        /** The function has ended: nothing listens on the port any more, or another program does. */
        ENDED
    }

    private final UpstreamAddress address;
    private final XnioIoThread thread;
    private final StartupWaitLog waitLog;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private final Set<Runnable> listeners = new LinkedHashSet<>();

    private volatile State state = State.AWAITED;
    private volatile String end = "";

    // Mutable state of the I/O thread
    private Iterator<InetSocketAddress> candidates = Collections.emptyIterator();

    UpstreamPortProbe(UpstreamAddress address, XnioWorker worker, WatchdogLog log) {
        this.address = address;
        this.thread = worker.getIoThread();
        this.waitLog = new StartupWaitLog(address.authority(), log, System.nanoTime());
    }

    State state() {
        return state;
    }

    /** Returns why the state is {@code ENDED}. */
    String end() {
        return end;
    }

    /** Starts to try, until the port accepts a connection or {@link #end(String)} is called. */
    void start() {
        thread.execute(() -> {
            beginRound();
            scheduleLine();
        });
    }

    /** Ends the attempts; {@code reason} completes a sentence about the function. Only the first reason counts. */
    void end(String reason) {
        changeTo(State.ENDED, reason);
    }

    /**
     * Runs {@code listener}, on any thread, when the port is no longer awaited.
     *
     * @return whether it is awaited; otherwise {@code listener} is not run
     */
    synchronized boolean whenNotAwaited(Runnable listener) {
        return state == State.AWAITED && listeners.add(listener);
    }

    /** Removes a listener that has not been run. */
    synchronized void remove(Runnable listener) {
        listeners.remove(listener);
    }

    private boolean changeTo(State next, String reason) {
        List<Runnable> notified;
        synchronized (this) {
            if (state.compareTo(next) >= 0) {
                return false;
            }
            end = reason;
            state = next;
            notified = List.copyOf(listeners);
            listeners.clear();
        }
        notified.forEach(Runnable::run);
        return true;
    }

    private void scheduleLine() {
        if (state == State.AWAITED) {
            thread.executeAfter(this::printLine, waitLog.nanosToNextLine(System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void printLine() {
        if (state == State.AWAITED) {
            waitLog.printLine();
            scheduleLine();
        }
    }

    private void beginRound() {
        if (state == State.AWAITED) {
            address.find(thread, this);
        }
    }

    @Override
    public void found(List<InetSocketAddress> addresses) {
        candidates = addresses.iterator();
        tryNext();
    }

    @Override
    public void notFound(IOException reason) {
        if (state == State.AWAITED) {
            waitLog.hostNotFound(String.valueOf(reason.getMessage()));
            retryAfter(LOOKUP_RETRY_MILLIS);
        }
    }

    private void retryAfter(long millis) {
        thread.executeAfter(this::beginRound, millis, TimeUnit.MILLISECONDS);
    }

    /** Tries the next address; after the last one it pauses, and begins again. */
    private void tryNext() {
        if (state != State.AWAITED) {
            // The I/O thread may be ending too, and then rejects tasks.
            return;
        }
        if (candidates.hasNext()) {
            new Attempt(candidates.next()).begin();
        } else {
            retryAfter(RETRY_MILLIS);
        }
    }

    /** Handles a connection that an address has accepted. */
    void accepted(StreamConnection connection) {
        if (SelfConnection.closeIfSelf(connection)) {
            tryNext();
            return;
        }
        address.prefer(connection.getPeerAddress(InetSocketAddress.class));
        IoUtils.safeClose(connection);
        if (changeTo(State.ACCEPTING, "")) {
            waitLog.accepted(System.nanoTime());
        }
    }

    /** An attempt to connect to one address, which ends within a few seconds. */
    private final class Attempt extends IoFuture.HandlingNotifier<StreamConnection, UpstreamPortProbe> {
        private final InetSocketAddress candidate;

        // Mutable state
        private XnioExecutor.@Nullable Key timeout;

        Attempt(InetSocketAddress candidate) {
            this.candidate = candidate;
        }

        void begin() {
            IoFuture<StreamConnection> pending =
                    thread.openStreamConnection(candidate, this::connected, OptionMap.EMPTY);
            if (pending.getStatus() == IoFuture.Status.WAITING) {
                timeout = thread.executeAfter(pending::cancel, CONNECT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
            pending.addNotifier(this, UpstreamPortProbe.this);
        }

        private void connected(StreamConnection connection) {
            stopTimeout();
            accepted(connection);
        }

        private void stopTimeout() {
            if (timeout != null) {
                timeout.remove();
            }
        }

        @Override
        public void handleFailed(IOException refused, UpstreamPortProbe probe) {
            probe.failed(this, String.valueOf(refused.getMessage()));
        }

        @Override
        public void handleCancelled(UpstreamPortProbe probe) {
            probe.failed(this, "no reply within " + CONNECT_TIMEOUT_SECONDS + "s");
        }
    }

    private void failed(Attempt attempt, String reason) {
        if (state != State.AWAITED) {
            // As in tryNext.
            return;
        }
        // The failure may be reported on another thread, or before the call that starts the attempt has returned.
        thread.execute(() -> {
            attempt.stopTimeout();
            waitLog.failed(reason);
            tryNext();
        });
    }
}
