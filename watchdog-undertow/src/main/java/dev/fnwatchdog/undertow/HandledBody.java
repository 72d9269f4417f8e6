package dev.fnwatchdog.undertow;

import io.undertow.UndertowMessages;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The request's body as a handler reads it. The client's side is read on its IO thread alone; what comes waits in one buffer
 * for a handler on another thread, and no more is read before that is taken.
 *
 * <p>Threads: any for the handler's side.
 */
final class HandledBody implements StreamSourceConduit {
    private static final int END = -1;

    private final Call call;
    private final XnioIoThread ioThread;
    private final HandledCall handled;
    private final @Nullable StreamSourceChannel source;
    private final boolean clientWaits;

    // Mutable state, under this object's lock
    // Given back on the IO thread alone, whose pool it comes from.
    private @Nullable PooledByteBuffer buffer;
    private boolean ended;
    private boolean unwanted;
    private boolean closed;
    private boolean fillDue;
    private boolean resumed;
    private boolean endTold;
    private volatile long count;
    private @Nullable ReadReadyHandler handler;

    /** For a call whose exchange gives its request's body to nobody else. */
    HandledBody(HandledCall handled) {
        this.handled = handled;
        this.call = handled.call();
        this.ioThread = call.loop().thread();
        StreamSourceChannel body =
                call.exchange().isRequestComplete() ? null : call.exchange().getRequestChannel();
        this.source = body;
        this.ended = body == null;
        this.clientWaits = HttpContinue.requiresContinueResponse(call.exchange());
        if (body != null) {
            body.getReadSetter().set(readable -> readable());
        }
    }

    /** Reads what has come already, so that a handler on another thread need not wait for this one. IO thread. */
    void prefetch() {
        if (!clientWaits) {
            fill();
        }
    }

    /** The handler has answered, and reads no more. */
    synchronized void unwanted() {
        unwanted = true;
        notifyAll();
    }

    /** Whatever still comes is read for nobody. IO thread. */
    void discard() {
        StreamSourceChannel from = source;
        if (from == null) {
            return;
        }
        unwanted();
        try (PooledByteBuffer scratch =
                call.exchange().getConnection().getByteBufferPool().allocate()) {
            int read = 1;
            while (read > 0) {
                read = from.read(scratch.getBuffer().clear());
            }
            if (read == 0) {
                from.resumeReads();
            }
        } catch (IOException gone) {
            call.clientGone();
        }
    }

    /** The call is over: who waits for bytes hears of it. IO thread. */
    void close() {
        ReadReadyHandler waiting;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (buffer != null) {
                buffer.close();
                buffer = null;
            }
            notifyAll();
            waiting = resumed ? handler : null;
            resumed = false;
        }
        if (waiting != null) {
            waiting.readReady();
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        int read = Thread.currentThread() == ioThread ? readHere(dst) : readElsewhere(dst);
        if (read == END) {
            tellEnd();
            return END;
        }
        count(read);
        return read;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one reader
    private void count(int read) throws IOException {
        count += read;
        long most = handled.exchange().getMaxEntitySize();
        if (most > 0 && count > most) {
            throw UndertowMessages.MESSAGES.requestEntityWasTooLarge(most);
        }
    }

    private int readHere(ByteBuffer dst) throws IOException {
        int waiting = take(dst);
        if (waiting != 0 || source == null) {
            return waiting;
        }
        int read = cameTooLate() ? END : source.read(dst);
        if (read < 0) {
            synchronized (this) {
                sawEnd();
                return take(dst);
            }
        }
        return read;
    }

    private int readElsewhere(ByteBuffer dst) throws IOException {
        int read = take(dst);
        if (read == 0) {
            wantMore();
        }
        return read;
    }

    /** What waits in the buffer; -1 at the end, 0 where nothing has come yet. */
    private synchronized int take(ByteBuffer dst) throws IOException {
        if (unwanted) {
            return END;
        }
        if (closed) {
            throw new ClosedChannelException();
        }
        PooledByteBuffer full = buffer;
        if (full != null && full.getBuffer().hasRemaining()) {
            return Buffers.copy(dst, full.getBuffer());
        }
        return ended ? END : 0;
    }

    /** Whether there is something in the buffer. */
    private boolean waits() {
        return buffer != null && buffer.getBuffer().hasRemaining();
    }

    private synchronized void sawEnd() {
        ended = true;
        if (call.stopped()) {
            closed = true;
        }
        HeaderMap trailers = call.exchange().getAttachment(HttpAttachments.REQUEST_TRAILERS);
        if (trailers != null) {
            handled.exchange().putAttachment(HttpAttachments.REQUEST_TRAILERS, trailers);
        }
    }

    private void tellEnd() {
        synchronized (this) {
            if (endTold) {
                return;
            }
            endTold = true;
        }
        Connectors.terminateRequest(handled.exchange());
    }

    private void wantMore() {
        synchronized (this) {
            if (fillDue || ended || closed) {
                return;
            }
            fillDue = true;
        }
        ioThread.execute(this::fill);
    }

    /** IO thread. */
    private void fill() {
        StreamSourceChannel from = source;
        if (from == null) {
            return;
        }
        synchronized (this) {
            fillDue = false;
            if (closed || unwanted || ended || waits()) {
                return;
            }
            if (buffer == null) {
                buffer = call.exchange().getConnection().getByteBufferPool().allocate();
                buffer.getBuffer().limit(0);
            }
        }
        int read;
        try {
            read = cameTooLate() ? END : readInto(from);
        } catch (IOException gone) {
            call.clientGone();
            return;
        }
        if (read == 0) {
            from.resumeReads();
            return;
        }
        from.suspendReads();
        ReadReadyHandler waiting = filled(read);
        if (waiting != null) {
            waiting.readReady();
        }
    }

    /** Nobody else looks into an empty buffer. */
    private int readInto(StreamSourceChannel from) throws IOException {
        PooledByteBuffer empty;
        synchronized (this) {
            empty = buffer;
        }
        if (empty == null) {
            return END;
        }
        // Empty for the handler until there is all that comes now: its own view of it is not touched meanwhile.
        ByteBuffer free = empty.getBuffer().duplicate().clear();
        int read = from.read(free);
        synchronized (this) {
            if (buffer != null && read > 0) {
                buffer.getBuffer().clear().limit(read);
            }
        }
        return read;
    }

    /** Whether a client that waited for a word has got the answer in its place: he sends nothing then. */
    private boolean cameTooLate() {
        return clientWaits && count == 0 && call.exchange().isResponseStarted();
    }

    private synchronized @Nullable ReadReadyHandler filled(int read) {
        if (read < 0) {
            sawEnd();
        }
        notifyAll();
        return resumed ? handler : null;
    }

    /** The client's side has something. IO thread. */
    private void readable() {
        ReadReadyHandler waiting;
        boolean nobody;
        synchronized (this) {
            nobody = unwanted;
            waiting = resumed ? handler : null;
        }
        if (nobody) {
            discard();
        } else if (waiting != null) {
            waiting.readReady();
            suspendUnlessWanted();
        } else {
            fill();
        }
    }

    private void suspendUnlessWanted() {
        StreamSourceChannel from = source;
        synchronized (this) {
            if (resumed || from == null) {
                return;
            }
        }
        from.suspendReads();
    }

    /** Tells the handler as long as it wants to be told and there is something to tell. IO thread. */
    private void resumedHere() {
        ReadReadyHandler waiting;
        boolean buffered;
        synchronized (this) {
            waiting = resumed ? handler : null;
            buffered = waits() || ended || closed || unwanted;
        }
        if (waiting == null) {
            return;
        }
        if (buffered) {
            waiting.readReady();
            ioThread.execute(this::resumedHere);
        } else if (source != null) {
            source.resumeReads();
        }
    }

    @Override
    public long read(ByteBuffer[] dsts, int offs, int len) throws IOException {
        for (int i = offs; i < offs + len; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long most, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, most);
    }

    @Override
    public long transferTo(long most, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), most, throughBuffer, target);
    }

    @Override
    public void terminateReads() {
        unwanted();
        tellEnd();
    }

    @Override
    public synchronized boolean isReadShutdown() {
        return closed || endTold;
    }

    @Override
    public void resumeReads() {
        synchronized (this) {
            if (resumed) {
                return;
            }
            resumed = true;
        }
        ioThread.execute(this::resumedHere);
    }

    @Override
    public synchronized void suspendReads() {
        resumed = false;
    }

    @Override
    public void wakeupReads() {
        synchronized (this) {
            resumed = true;
        }
        ioThread.execute(() -> {
            ReadReadyHandler waiting;
            synchronized (this) {
                waiting = resumed ? handler : null;
            }
            if (waiting != null) {
                waiting.readReady();
                resumedHere();
            }
        });
    }

    @Override
    public synchronized boolean isReadResumed() {
        return resumed;
    }

    @Override
    public void awaitReadable() throws IOException {
        awaitReadable(0, TimeUnit.MILLISECONDS);
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) throws IOException {
        wantMore();
        synchronized (this) {
            if (!waits() && !ended && !closed && !unwanted) {
                Waits.on(this, unit.toMillis(time));
            }
        }
    }

    @Override
    public XnioIoThread getReadThread() {
        return ioThread;
    }

    @Override
    public synchronized void setReadReadyHandler(ReadReadyHandler ready) {
        handler = ready;
    }

    @Override
    public XnioWorker getWorker() {
        return ioThread.getWorker();
    }
}
