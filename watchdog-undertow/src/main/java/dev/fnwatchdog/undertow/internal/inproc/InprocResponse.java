package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.Connectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.channels.FixedLengthUnderflowException;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * The response as a handler writes it, into a few buffers, which fill up when the client is slow. It is sent to the client only
 * on the client's I/O thread. After the request was cancelled nothing that is written here is sent.
 *
 * <p>Threads: any for the handler's side.
 */
final class InprocResponse extends HandlerSide implements StreamSinkConduit {
    private final InprocInvocation inproc;
    private final ResponseBuffers buffers;
    private final ResponseSender sender;

    // Mutable state of the handler
    private boolean begunWithoutFailure;
    private boolean endReported;
    private long written;

    InprocResponse(InprocInvocation inproc) {
        super(inproc.invocation().loop());
        this.inproc = inproc;
        this.buffers = new ResponseBuffers(
                inproc.invocation().loop(),
                inproc.invocation().exchange().getConnection().getByteBufferPool());
        this.sender = new ResponseSender(inproc, buffers, this::moveAndNotify);
    }

    @Override
    @IoThread
    void move() {
        sender.drain();
    }

    @Override
    boolean ready() {
        return buffers.hasSpace();
    }

    /** Returns whether the handler has completed its response. */
    boolean ended() {
        return buffers.state().isComplete();
    }

    /** Rejects further output, because the handler has failed. Any thread. */
    void rejectOutput() {
        buffers.rejectOutput();
    }

    /** Ends the response with the request, and notifies a handler that waits for buffer space. I/O thread. */
    @IoThread
    void close() {
        buffers.close();
        notifyLastTime();
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return src.hasRemaining() ? put(src, false) : 0;
    }

    private int put(ByteBuffer src, boolean last) throws IOException {
        boolean withoutFailure = isWithoutFailure();
        int accepted = buffers.put(src, inproc.head().announcedLength() - written, last);
        begunWithoutFailure = withoutFailure;
        written += accepted;
        if (accepted > 0 || last) {
            moveSoon();
        }
        return accepted;
    }

    /** Returns whether the response began before Undertow caught a failure, or none was caught. */
    private boolean isWithoutFailure() {
        return begunWithoutFailure || inproc.caught() == null;
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        long written = 0;
        for (int i = offs; i < offs + len; i++) {
            if (srcs[i].hasRemaining()) {
                written += write(srcs[i]);
                if (srcs[i].hasRemaining()) {
                    break;
                }
            }
        }
        return written;
    }

    @Override
    public int writeFinal(ByteBuffer src) throws IOException {
        return put(src, true);
    }

    @Override
    public long writeFinal(ByteBuffer[] srcs, int offs, int len) throws IOException {
        return Conduits.writeFinalBasic(this, srcs, offs, len);
    }

    @Override
    public long transferFrom(FileChannel src, long position, long max) throws IOException {
        return src.transferTo(position, max, new ConduitWritableByteChannel(this));
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long max, ByteBuffer throughBuffer) throws IOException {
        return IoUtils.transfer(source, max, throughBuffer, new ConduitWritableByteChannel(this));
    }

    @Override
    public void terminateWrites() throws IOException {
        Throwable caught = inproc.caught();
        if (caught != null && endsWithFailure()) {
            inproc.failed(caught);
            return;
        }
        long announced = inproc.head().announcedLength();
        if (written > 0 && written < announced && announced < Long.MAX_VALUE) {
            inproc.failed(new FixedLengthUnderflowException("%d bytes of %d".formatted(written, announced)));
            return;
        }
        if (buffers.end()) {
            moveSoon();
        }
    }

    /** Returns whether the caught failure ends the response; false where a page of the handler reports it. */
    private boolean endsWithFailure() {
        return !ended() && (begunWithoutFailure || (buffers.noneFilled() && !sender.begun()));
    }

    @Override
    public void truncateWrites() {
        inproc.abort();
    }

    /** The handler needs to wait for buffer space only: the client's side is flushed when it accepts more. */
    @Override
    public boolean flush() throws IOException {
        if (isWriteShutdown()) {
            reportEnd();
        } else {
            sender.requestFlush();
            moveSoon();
        }
        return true;
    }

    private void reportEnd() {
        if (!endReported) {
            endReported = true;
            Connectors.terminateResponse(inproc.exchange());
        }
    }

    @Override
    public boolean isWriteShutdown() {
        return buffers.state() != ResponseBuffers.State.OPEN;
    }

    @Override
    public void resumeWrites() {
        resume();
    }

    @Override
    public void suspendWrites() {
        suspend();
    }

    @Override
    public void wakeupWrites() {
        wakeUp();
    }

    @Override
    public boolean isWriteResumed() {
        return resumed();
    }

    @Override
    public void awaitWritable() throws IOException {
        buffers.awaitSpace(0);
    }

    @Override
    public void awaitWritable(long time, TimeUnit unit) throws IOException {
        buffers.awaitSpace(unit.toMillis(time));
    }

    @Override
    public XnioIoThread getWriteThread() {
        return ioThread();
    }

    @Override
    public void setWriteReadyHandler(WriteReadyHandler ready) {
        handler(ready::writeReady);
    }
}
