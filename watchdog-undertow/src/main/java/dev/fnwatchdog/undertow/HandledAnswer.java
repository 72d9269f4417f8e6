package dev.fnwatchdog.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.FixedLengthOverflowException;
import org.xnio.channels.FixedLengthUnderflowException;
import org.xnio.channels.StreamSinkChannel;
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
final class HandledAnswer implements StreamSinkConduit {
    private static final int MOST_BUFFERS = 4;

    private final Call call;
    private final XnioIoThread ioThread;
    private final HandledCall handled;

    // Mutable state, under this object's lock
    private final Deque<PooledByteBuffer> filled = new ArrayDeque<>(MOST_BUFFERS);
    private boolean ended;
    private boolean closed;
    private boolean refused;
    private boolean cleanlyBegun;
    private boolean drainDue;
    private boolean flushDue;
    private boolean resumed;
    private @Nullable WriteReadyHandler handler;
    // Mutable state of the IO thread
    private @Nullable StreamSinkChannel sink;
    private @Nullable PooledByteBuffer current;
    private volatile boolean begun;
    private boolean finished;
    // Mutable state of the handler
    private boolean endTold;
    private long written;

    HandledAnswer(HandledCall handled) {
        this.handled = handled;
        this.call = handled.call();
        this.ioThread = call.loop().thread();
    }

    /** Whether the handler has given its whole answer. */
    synchronized boolean ended() {
        return ended;
    }

    /** The handler has failed: nothing that is written from now on is a part of an answer. Any thread. */
    synchronized void refuse() {
        refused = true;
        notifyAll();
    }

    /** The call is over: who waits for room hears of it. IO thread. */
    void close() {
        WriteReadyHandler waiting;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            filled.forEach(PooledByteBuffer::close);
            filled.clear();
            notifyAll();
            waiting = resumed ? handler : null;
            resumed = false;
        }
        if (current != null) {
            current.close();
            current = null;
        }
        if (waiting != null) {
            waiting.writeReady();
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
            drainSoon();
        }
        return taken;
    }

    private int writeHere(ByteBuffer src) throws IOException {
        synchronized (this) {
            refuseIfOver();
        }
        drain();
        synchronized (this) {
            refuseIfOver();
            if (!filled.isEmpty() || current != null) {
                return 0;
            }
        }
        begun = true;
        int sent = opened().write(src);
        written += sent;
        return sent;
    }

    private void refuseIfOver() throws ClosedChannelException {
        if (closed || ended || refused) {
            throw new ClosedChannelException();
        }
        cleanlyBegun = cleanlyBegun || handled.caught() == null;
    }

    private synchronized int put(ByteBuffer src, boolean last) throws IOException {
        refuseIfOver();
        int before = src.remaining();
        if (before > 0 && written + before > handled.promisedLength()) {
            throw new FixedLengthOverflowException();
        }
        while (src.hasRemaining() && makeRoom()) {
            Buffers.copy(filled.getLast().getBuffer(), src);
        }
        written += before - src.remaining();
        // Who has written as much as he promised will end the answer, and the IO thread need not be woken twice.
        ended = written == handled.promisedLength() || (last && !src.hasRemaining());
        return before - src.remaining();
    }

    private boolean makeRoom() {
        if (!filled.isEmpty() && filled.getLast().getBuffer().hasRemaining()) {
            return true;
        }
        if (filled.size() >= MOST_BUFFERS) {
            return false;
        }
        return filled.add(call.exchange().getConnection().getByteBufferPool().allocate());
    }

    private void drainSoon() {
        synchronized (this) {
            if (drainDue || closed) {
                return;
            }
            drainDue = true;
        }
        ioThread.execute(this::drain);
    }

    /** IO thread. */
    private void drain() {
        boolean all;
        synchronized (this) {
            drainDue = false;
            all = closed || finished || (refused && !ended);
        }
        if (all) {
            return;
        }
        try {
            if (writeOut()) {
                afterwards();
            } else {
                opened().resumeWrites();
            }
        } catch (IOException gone) {
            handled.cannotSend(gone);
        }
    }

    /** What the handler has written goes out. False where the client has no room for it. */
    private boolean writeOut() throws IOException {
        for (PooledByteBuffer next = next(); next != null; next = next()) {
            current = next;
            begun = true;
            opened().write(next.getBuffer());
            if (current == null) {
                // The call has been broken off meanwhile.
                return true;
            }
            if (next.getBuffer().hasRemaining()) {
                return false;
            }
            current = null;
            next.close();
        }
        return true;
    }

    private synchronized @Nullable PooledByteBuffer next() {
        if (current != null) {
            return current;
        }
        PooledByteBuffer next = filled.poll();
        if (next != null) {
            next.getBuffer().flip();
            notifyAll();
        }
        return next;
    }

    private void afterwards() throws IOException {
        boolean last;
        boolean flush;
        synchronized (this) {
            if (closed) {
                return;
            }
            last = ended;
            flush = flushDue;
            flushDue = false;
        }
        if (last) {
            finish();
        } else if (flush) {
            flushOut();
        }
    }

    private void finish() throws IOException {
        finished = true;
        StreamSinkChannel to = opened();
        handled.addTrailers();
        to.shutdownWrites();
        if (to.flush()) {
            handled.sent();
        } else {
            to.resumeWrites();
        }
    }

    private boolean flushOut() throws IOException {
        StreamSinkChannel to = opened();
        if (!begun) {
            begun = true;
            call.flushHead();
            return true;
        }
        if (to.flush()) {
            return true;
        }
        to.resumeWrites();
        return false;
    }

    /** The client's side, which has got the head when this returns. */
    private StreamSinkChannel opened() throws IOException {
        if (sink == null) {
            sink = handled.open(wholeLength());
            sink.getWriteSetter().set(writable -> writable());
        }
        return sink;
    }

    /** How long the whole answer is, where it is all there; else -1. */
    private synchronized long wholeLength() {
        if (!ended) {
            return -1;
        }
        long length = current == null ? 0 : current.getBuffer().remaining();
        for (PooledByteBuffer next : filled) {
            length += next.getBuffer().position();
        }
        return length;
    }

    /** The client's side has room. IO thread. */
    private void writable() {
        StreamSinkChannel to = sink;
        if (to == null) {
            return;
        }
        to.suspendWrites();
        if (finished) {
            flushRest(to);
            return;
        }
        drain();
        WriteReadyHandler waiting;
        synchronized (this) {
            waiting = resumed && current == null && filled.isEmpty() ? handler : null;
        }
        if (waiting != null) {
            waiting.writeReady();
            resumeAgain(to);
        }
    }

    private synchronized void resumeAgain(StreamSinkChannel to) {
        if (resumed && !closed && !finished) {
            to.resumeWrites();
        }
    }

    private void flushRest(StreamSinkChannel to) {
        try {
            if (to.flush()) {
                handled.sent();
            } else {
                to.resumeWrites();
            }
        } catch (IOException gone) {
            handled.cannotSend(gone);
        }
    }

    /** IO thread. */
    private void resumedHere() {
        StreamSinkChannel to = sink;
        WriteReadyHandler waiting;
        synchronized (this) {
            waiting = resumed && !closed ? handler : null;
        }
        if (waiting == null) {
            return;
        }
        if (to != null) {
            to.resumeWrites();
        } else {
            waiting.writeReady();
            ioThread.execute(this::resumedHere);
        }
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
        drainSoon();
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
        if (written > 0 && written < handled.promisedLength() && handled.promisedLength() < Long.MAX_VALUE) {
            handled.failed(
                    new FixedLengthUnderflowException("%d bytes of %d".formatted(written, handled.promisedLength())));
            return;
        }
        synchronized (this) {
            if (ended || closed || refused) {
                return;
            }
            ended = true;
        }
        if (Thread.currentThread() == ioThread) {
            drain();
        } else {
            drainSoon();
        }
    }

    /** Whether what Undertow has caught is the end of the answer, and not told in it by a page of the handler's own. */
    private synchronized boolean endsBadly() {
        return !ended && (cleanlyBegun || (filled.isEmpty() && !begun));
    }

    @Override
    public void truncateWrites() {
        handled.breakOff();
    }

    @Override
    public boolean flush() throws IOException {
        boolean last;
        synchronized (this) {
            last = ended || closed || refused;
            flushDue |= !last;
        }
        if (last) {
            tellEnd();
            return true;
        }
        if (Thread.currentThread() != ioThread) {
            drainSoon();
            return true;
        }
        return flushHere();
    }

    private boolean flushHere() throws IOException {
        if (!writeOut()) {
            opened().resumeWrites();
            return false;
        }
        synchronized (this) {
            flushDue = false;
        }
        return flushOut();
    }

    private void tellEnd() {
        if (!endTold) {
            endTold = true;
            Connectors.terminateResponse(handled.exchange());
        }
    }

    @Override
    public synchronized boolean isWriteShutdown() {
        return ended || closed || refused;
    }

    @Override
    public void resumeWrites() {
        synchronized (this) {
            resumed = true;
        }
        ioThread.execute(this::resumedHere);
    }

    @Override
    public synchronized void suspendWrites() {
        resumed = false;
    }

    @Override
    public void wakeupWrites() {
        synchronized (this) {
            resumed = true;
        }
        ioThread.execute(() -> {
            WriteReadyHandler waiting;
            synchronized (this) {
                waiting = resumed ? handler : null;
            }
            if (waiting != null) {
                waiting.writeReady();
                resumedHere();
            }
        });
    }

    @Override
    public synchronized boolean isWriteResumed() {
        return resumed;
    }

    @Override
    public void awaitWritable() throws IOException {
        awaitWritable(0, TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void awaitWritable(long time, TimeUnit unit) throws IOException {
        if (!closed && !refused && filled.size() >= MOST_BUFFERS) {
            Waits.on(this, unit.toMillis(time));
        }
    }

    @Override
    public XnioIoThread getWriteThread() {
        return ioThread;
    }

    @Override
    public synchronized void setWriteReadyHandler(WriteReadyHandler ready) {
        handler = ready;
    }

    @Override
    public XnioWorker getWorker() {
        return ioThread.getWorker();
    }
}
