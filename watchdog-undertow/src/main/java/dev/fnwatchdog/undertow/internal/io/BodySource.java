package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A body that is read on one I/O thread and comes from elsewhere than from one other conduit. Every read method calls {@link
 * #read(ByteBuffer)}, and nothing waits.
 *
 * <p>Threads: the I/O thread.
 */
@IoThread
public abstract class BodySource implements StreamSourceConduit {
    private final XnioIoThread thread;

    // Mutable state
    private @Nullable ReadReadyHandler reader;
    private boolean resumed;
    private boolean notificationPending;

    public BodySource(XnioIoThread thread) {
        this.thread = thread;
    }

    /** Notifies the reader, if it has registered and waits for bytes. */
    protected void notifyReader() {
        if (reader != null && resumed) {
            reader.readReady();
        }
    }

    /** Notifies the reader when the current event has been handled: it may be the cause, at this moment. */
    protected final void notifyReaderSoon() {
        if (!notificationPending) {
            notificationPending = true;
            IoLoop.later(thread, this::notifyNow);
        }
    }

    private void notifyNow() {
        notificationPending = false;
        notifyReader();
    }

    @Override
    public void resumeReads() {
        resumed = true;
    }

    @Override
    public void wakeupReads() {
        resumed = true;
        notifyReader();
        if (resumed && !isReadShutdown()) {
            resumeReads();
        }
    }

    @Override
    public void suspendReads() {
        resumed = false;
    }

    @Override
    public final boolean isReadResumed() {
        return resumed;
    }

    @Override
    public final long read(ByteBuffer[] dsts, int offs, int len) throws IOException {
        for (int i = offs; i < offs + len; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    @Override
    public final long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public final long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return Conduits.transfer(this, count, throughBuffer, target);
    }

    @Override
    public final void awaitReadable() {
        throw new UnsupportedOperationException("bodies are read on their I/O thread");
    }

    @Override
    public final void awaitReadable(long time, TimeUnit timeUnit) {
        awaitReadable();
    }

    @Override
    public final XnioIoThread getReadThread() {
        return thread;
    }

    @Override
    public final XnioWorker getWorker() {
        return thread.getWorker();
    }

    @Override
    public final void setReadReadyHandler(ReadReadyHandler handler) {
        reader = handler;
    }
}
