package dev.fnwatchdog.undertow.internal.inproc;

import io.undertow.server.Connectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.FixedLengthUnderflowException;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * The answer as a handler writes it. It goes to the client on his IO thread alone: straight on where the handler runs there
 * too, else through a few buffers, which fill up when the client is slow. Once the call is given up nothing written here
 * reaches anybody.
 *
 * <p>Threads: any for the handler's side.
 */
final class InprocResponse implements StreamSinkConduit {
    private final InprocInvocation handled;
    private final XnioIoThread ioThread;
    private final ResponseBuffers buffers;
    private final HandlerInterest interest = new HandlerInterest();
    private final ResponseSender sender;

    // Mutable state of the handler
    private boolean cleanlyBegun;
    private boolean endTold;
    private long written;

    InprocResponse(InprocInvocation handled) {
        this.handled = handled;
        this.ioThread = handled.invocation().loop().thread();
        this.buffers =
                new ResponseBuffers(handled.invocation().exchange().getConnection().getByteBufferPool());
        this.sender = new ResponseSender(handled, buffers, interest);
    }

    /** Whether the handler has given its whole answer. */
    boolean ended() {
        return buffers.ended();
    }

    /** The handler has failed: nothing that is written from now on is a part of an answer. Any thread. */
    void rejectOutput() {
        buffers.rejectOutput();
    }

    /** The call is over: who waits for room hears of it. IO thread. */
    void close() {
        if (buffers.close()) {
            interest.notifyLastTime();
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        if (!src.hasRemaining()) {
            return 0;
        }
        if (Thread.currentThread() == ioThread) {
            return writeHere(src);
        }
        int taken = put(src, false);
        if (taken > 0) {
            sender.drainSoon();
        }
        return taken;
    }

    private int writeHere(ByteBuffer src) throws IOException {
        buffers.requireOpen();
        cleanlyBegun = cleanly();
        sender.drain();
        buffers.requireOpen();
        if (!buffers.isEmpty()) {
            return 0;
        }
        int sent = sender.send(src);
        written += sent;
        return sent;
    }

    private int put(ByteBuffer src, boolean last) throws IOException {
        boolean clean = cleanly();
        int taken = buffers.put(src, handled.head().announcedLength() - written, last);
        cleanlyBegun = clean;
        written += taken;
        return taken;
    }

    /** Whether something of the answer has been written before Undertow has caught anything. */
    private boolean cleanly() {
        return cleanlyBegun || handled.caught() == null;
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
        if (Thread.currentThread() == ioThread) {
            return Conduits.writeFinalBasic(this, src);
        }
        int taken = put(src, true);
        sender.drainSoon();
        return taken;
    }

    @Override
    public long writeFinal(ByteBuffer[] srcs, int offs, int len) throws IOException {
        return Conduits.writeFinalBasic(this, srcs, offs, len);
    }

    @Override
    public long transferFrom(FileChannel src, long position, long most) throws IOException {
        return src.transferTo(position, most, new ConduitWritableByteChannel(this));
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long most, ByteBuffer throughBuffer) throws IOException {
        return IoUtils.transfer(source, most, throughBuffer, new ConduitWritableByteChannel(this));
    }

    @Override
    public void terminateWrites() throws IOException {
        Throwable caught = handled.caught();
        if (caught != null && endsBadly()) {
            handled.failed(caught);
            return;
        }
        long promised = handled.head().announcedLength();
        if (written > 0 && written < promised && promised < Long.MAX_VALUE) {
            handled.failed(new FixedLengthUnderflowException("%d bytes of %d".formatted(written, promised)));
            return;
        }
        if (!buffers.end()) {
            return;
        }
        if (Thread.currentThread() == ioThread) {
            sender.drain();
        } else {
            sender.drainSoon();
        }
    }

    /** Whether what Undertow has caught is the end of the answer, and not told in it by a page of the handler's own. */
    private boolean endsBadly() {
        return !buffers.ended() && (cleanlyBegun || (buffers.noneFilled() && !sender.begun()));
    }

    @Override
    public void truncateWrites() {
        handled.abort();
    }

    @Override
    public boolean flush() throws IOException {
        if (buffers.isClosedForOutput()) {
            tellEnd();
            return true;
        }
        if (Thread.currentThread() == ioThread) {
            return sender.flush();
        }
        sender.flushSoon();
        return true;
    }

    private void tellEnd() {
        if (!endTold) {
            endTold = true;
            Connectors.terminateResponse(handled.exchange());
        }
    }

    @Override
    public boolean isWriteShutdown() {
        return buffers.isClosedForOutput();
    }

    @Override
    public void resumeWrites() {
        interest.resume();
        ioThread.execute(sender::resumed);
    }

    @Override
    public void suspendWrites() {
        interest.suspend();
    }

    @Override
    public void wakeupWrites() {
        interest.resume();
        ioThread.execute(() -> {
            if (interest.notifyHandler()) {
                sender.resumed();
            }
        });
    }

    @Override
    public boolean isWriteResumed() {
        return interest.resumed();
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
        return ioThread;
    }

    @Override
    public void setWriteReadyHandler(WriteReadyHandler ready) {
        interest.handler(ready::writeReady);
    }

    @Override
    public XnioWorker getWorker() {
        return ioThread.getWorker();
    }
}
