package dev.fnwatchdog.undertow.internal.io;

import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * A conduit with bytes of its own, which leave when there is room for them, whether or not its writer waits for room.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
public abstract class PendingSink extends SinkFilter {
    // Mutable state
    private @Nullable WriteReadyHandler writer;
    // whether the writer waits for room
    private boolean resumed;

    protected PendingSink(StreamSinkConduit next) {
        super(next);
    }

    /** Returns whether this conduit itself waits for room. */
    protected abstract boolean waitsForRoom();

    /** Called when there may be room: sends what is left, and then notifies the writer. */
    protected abstract void roomFound();

    /** Notifies the writer, while it waits for room. */
    protected final void notifyWriter() {
        if (resumed && writer != null) {
            writer.writeReady();
        }
    }

    protected final void suspendUnlessNeeded() {
        if (!resumed && !waitsForRoom()) {
            next.suspendWrites();
        }
    }

    @Override
    public final void resumeWrites() {
        resumed = true;
        next.resumeWrites();
    }

    @Override
    public final void suspendWrites() {
        resumed = false;
        suspendUnlessNeeded();
    }

    @Override
    public final void wakeupWrites() {
        resumed = true;
        next.wakeupWrites();
    }

    @Override
    public final boolean isWriteResumed() {
        return resumed;
    }

    @Override
    public final void setWriteReadyHandler(WriteReadyHandler handler) {
        writer = handler;
        next.setWriteReadyHandler(new RoomListener(handler));
    }

    private final class RoomListener implements WriteReadyHandler {
        private final WriteReadyHandler handler;

        private RoomListener(WriteReadyHandler handler) {
            this.handler = handler;
        }

        @Override
        public void writeReady() {
            roomFound();
        }

        @Override
        public void forceTermination() {
            handler.forceTermination();
        }

        @Override
        public void terminated() {
            handler.terminated();
        }
    }
}
