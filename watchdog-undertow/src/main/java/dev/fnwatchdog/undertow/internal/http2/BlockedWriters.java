package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.xnio.XnioIoThread;

/**
 * The streams whose writers wait for a window or for the socket, in order of arrival.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class BlockedWriters {
    private final XnioIoThread thread;
    private final Set<StreamSink> writers = new LinkedHashSet<>();

    // Mutable state
    private boolean notificationPending;

    BlockedWriters(XnioIoThread thread) {
        this.thread = thread;
    }

    void add(StreamSink writer) {
        writers.add(writer);
    }

    /**
     * Schedules a notification of the writers that can write again. It runs from the thread's queue, never within a writer.
     */
    void notifySoon() {
        if (!notificationPending && !writers.isEmpty()) {
            notificationPending = true;
            thread.execute(this::notifyAllOnce);
        }
    }

    private void notifyAllOnce() {
        notificationPending = false;
        for (StreamSink writer : new ArrayList<>(writers)) {
            if (writer.isWritable()) {
                // If it blocks again, it is queued behind the others.
                writers.remove(writer);
                writer.notifyIfWritable();
            } else if (!writer.isBlocked()) {
                writers.remove(writer);
            }
        }
    }

    void clear() {
        writers.clear();
    }
}
