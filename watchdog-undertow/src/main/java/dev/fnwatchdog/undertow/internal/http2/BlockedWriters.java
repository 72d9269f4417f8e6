package dev.fnwatchdog.undertow.internal.http2;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.xnio.XnioIoThread;

/**
 * The streams whose writers wait for a window, or for the socket, in the order in which they came.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class BlockedWriters {
    private final XnioIoThread thread;
    private final Set<StreamSink> writers = new LinkedHashSet<>();

    // Mutable state
    private boolean notifyDue;

    BlockedWriters(XnioIoThread thread) {
        this.thread = thread;
    }

    void add(StreamSink writer) {
        writers.add(writer);
    }

    /** There may be room again. The writers are called from the thread's queue, never from within another one's call. */
    void notifySoon() {
        if (!notifyDue && !writers.isEmpty()) {
            notifyDue = true;
            thread.execute(this::notifyAllOnce);
        }
    }

    private void notifyAllOnce() {
        notifyDue = false;
        for (StreamSink writer : new ArrayList<>(writers)) {
            if (writer.isWritable()) {
                // It comes back behind the others.
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
