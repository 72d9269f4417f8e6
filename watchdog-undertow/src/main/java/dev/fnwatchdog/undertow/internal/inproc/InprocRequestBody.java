package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.inproc.servlet.FormTooLargeException;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.UndertowMessages;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The request body as a handler reads it. The client's side is read only on its I/O thread. A handler on another thread gets
 * what arrives through one buffer, and no more is read until it has taken that.
 *
 * <p>Threads: any for the handler's side.
 */
final class InprocRequestBody implements StreamSourceConduit {
    private final InprocInvocation inproc;
    private final XnioIoThread ioThread;
    private final RequestBodyBuffer buffer;
    private final HandlerInterest interest = new HandlerInterest();
    private final RequestBodyReader reader;
    private final AtomicBoolean endReported = new AtomicBoolean();
    private final AtomicReference<@Nullable HeldForm> form = new AtomicReference<>();

    // Mutable state of the handler
    private volatile long count;

    /** Requires an exchange whose request body has no other reader. */
    InprocRequestBody(InprocInvocation inproc) {
        HttpServerExchange client = inproc.invocation().exchange();
        StreamSourceChannel body = client.isRequestComplete() ? null : client.getRequestChannel();
        this.inproc = inproc;
        this.ioThread = inproc.invocation().loop().thread();
        this.buffer = new RequestBodyBuffer(client.getConnection().getByteBufferPool(), body == null);
        this.reader = new RequestBodyReader(inproc, body, buffer, interest);
    }

    /** Reads what has arrived, so that a handler on another thread gets it without waiting. I/O thread. */
    @IoThread
    void prefetch() {
        reader.prefetch();
    }

    /** Reserves memory for what the handler reads from now on. Any thread. */
    void hold(HeldForm held) {
        form.set(held);
        if (buffer.closed()) {
            held.release();
        }
    }

    /** Called when the handler has responded and reads no more. */
    void stopReading() {
        buffer.stopReading();
    }

    /** Reads and drops what still arrives. I/O thread. */
    @IoThread
    void discard() {
        reader.discard();
    }

    /** Ends the body with the request, and notifies a handler that waits for bytes. I/O thread. */
    @IoThread
    void close() {
        if (buffer.close()) {
            interest.notifyLastTime();
        }
        HeldForm held = form.get();
        if (held != null) {
            held.release();
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        int start = dst.position();
        int read = Thread.currentThread() == ioThread ? reader.read(dst) : readBuffered(dst);
        if (read == RequestBodyBuffer.EOF) {
            reportEnd();
            return RequestBodyBuffer.EOF;
        }
        count(dst.duplicate().flip().position(start));
        return read;
    }

    private int readBuffered(ByteBuffer dst) throws IOException {
        int read = buffer.take(dst);
        if (read == 0) {
            reader.fillSoon();
        }
        return read;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // single reader
    private void count(ByteBuffer piece) throws IOException {
        count += piece.remaining();
        long max = inproc.exchange().getMaxEntitySize();
        if (max > 0 && count > max) {
            throw UndertowMessages.MESSAGES.requestEntityWasTooLarge(max);
        }
        HeldForm held = form.get();
        if (held != null && !held.received(piece)) {
            throw new FormTooLargeException();
        }
    }

    private void reportEnd() {
        if (endReported.compareAndSet(false, true)) {
            Connectors.terminateRequest(inproc.exchange());
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
    public long transferTo(long position, long max, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, max);
    }

    @Override
    public long transferTo(long max, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), max, throughBuffer, target);
    }

    @Override
    public void terminateReads() {
        stopReading();
        reportEnd();
    }

    @Override
    public boolean isReadShutdown() {
        return buffer.closed() || endReported.get();
    }

    @Override
    public void resumeReads() {
        if (interest.resume()) {
            ioThread.execute(reader::resumed);
        }
    }

    @Override
    public void suspendReads() {
        interest.suspend();
    }

    @Override
    public void wakeupReads() {
        interest.resume();
        ioThread.execute(() -> {
            if (interest.notifyHandler()) {
                reader.resumed();
            }
        });
    }

    @Override
    public boolean isReadResumed() {
        return interest.resumed();
    }

    @Override
    public void awaitReadable() throws IOException {
        awaitReadable(0, TimeUnit.MILLISECONDS);
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) throws IOException {
        reader.fillSoon();
        buffer.awaitReady(unit.toMillis(time));
    }

    @Override
    public XnioIoThread getReadThread() {
        return ioThread;
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler ready) {
        interest.handler(ready::readReady);
    }

    @Override
    public XnioWorker getWorker() {
        return ioThread.getWorker();
    }
}
