package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * A body that is written on one I/O thread and goes elsewhere than to one other conduit. Every write method calls {@link
 * #write(ByteBuffer[], int, int)}, and nothing waits.
 *
 * <p>Threads: the I/O thread.
 */
@IoThread
public abstract class BodySink implements StreamSinkConduit {
    private final XnioIoThread thread;

    // Mutable state
    private @Nullable WriteReadyHandler writer;
    private boolean resumed;
    private boolean notificationPending;

    public BodySink(XnioIoThread thread) {
        this.thread = thread;
    }

    /** Notifies the writer, if it has registered and waits for room. */
    protected void notifyWriter() {
        if (writer != null && resumed) {
            writer.writeReady();
        }
    }

    /** Notifies the writer when the current event has been handled: it may be the cause, at this moment. */
    protected final void notifyWriterSoon() {
        if (!notificationPending) {
            notificationPending = true;
            IoLoop.later(thread, this::notifyNow);
        }
    }

    private void notifyNow() {
        notificationPending = false;
        notifyWriter();
    }

    @Override
    public void resumeWrites() {
        resumed = true;
    }

    @Override
    public void wakeupWrites() {
        resumed = true;
        notifyWriter();
        if (resumed) {
            resumeWrites();
        }
    }

    @Override
    public void suspendWrites() {
        resumed = false;
    }

    @Override
    public final boolean isWriteResumed() {
        return resumed;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return (int) write(new ByteBuffer[] {src}, 0, 1);
    }

    @Override
    public final int writeFinal(ByteBuffer src) throws IOException {
        return Conduits.writeFinalBasic(this, src);
    }

    @Override
    public final long writeFinal(ByteBuffer[] srcs, int offset, int length) throws IOException {
        return Conduits.writeFinalBasic(this, srcs, offset, length);
    }

    @Override
    public final long transferFrom(FileChannel src, long position, long count) throws IOException {
        return src.transferTo(position, count, new ConduitWritableByteChannel(this));
    }

    @Override
    public final long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer)
            throws IOException {
        return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
    }

    @Override
    public final void awaitWritable() {
        throw new UnsupportedOperationException("bodies are written on their I/O thread");
    }

    @Override
    public final void awaitWritable(long time, TimeUnit timeUnit) {
        awaitWritable();
    }

    @Override
    public final XnioIoThread getWriteThread() {
        return thread;
    }

    @Override
    public final XnioWorker getWorker() {
        return thread.getWorker();
    }

    @Override
    public final void setWriteReadyHandler(WriteReadyHandler handler) {
        writer = handler;
    }
}
