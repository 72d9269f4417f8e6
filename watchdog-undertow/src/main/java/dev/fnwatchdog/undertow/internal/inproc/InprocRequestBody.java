package dev.fnwatchdog.undertow.internal.inproc;

import io.undertow.UndertowMessages;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
final class InprocRequestBody implements StreamSourceConduit {
    private final InprocInvocation handled;
    private final XnioIoThread ioThread;
    private final RequestBodyBuffer buffer;
    private final HandlerInterest interest = new HandlerInterest();
    private final RequestBodyReader reader;
    private final AtomicBoolean endTold = new AtomicBoolean();

    // Mutable state of the handler
    private volatile long count;

    /** For a call whose exchange gives its request's body to nobody else. */
    InprocRequestBody(InprocInvocation handled) {
        HttpServerExchange client = handled.invocation().exchange();
        StreamSourceChannel body = client.isRequestComplete() ? null : client.getRequestChannel();
        this.handled = handled;
        this.ioThread = handled.invocation().loop().thread();
        this.buffer = new RequestBodyBuffer(client.getConnection().getByteBufferPool(), body == null);
        this.reader = new RequestBodyReader(handled, body, buffer, interest);
    }

    /** Reads what has come already, so that a handler on another thread need not wait for this one. IO thread. */
    void prefetch() {
        reader.prefetch();
    }

    /** The handler has answered, and reads no more. */
    void stopReading() {
        buffer.stopReading();
    }

    /** Whatever still comes is read for nobody. IO thread. */
    void discard() {
        reader.discard();
    }

    /** The call is over: who waits for bytes hears of it. IO thread. */
    void close() {
        if (buffer.close()) {
            interest.notifyLastTime();
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        int read = Thread.currentThread() == ioThread ? reader.read(dst) : readElsewhere(dst);
        if (read == RequestBodyBuffer.EOF) {
            tellEnd();
            return RequestBodyBuffer.EOF;
        }
        count(read);
        return read;
    }

    private int readElsewhere(ByteBuffer dst) throws IOException {
        int read = buffer.take(dst);
        if (read == 0) {
            reader.fillSoon();
        }
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

    private void tellEnd() {
        if (endTold.compareAndSet(false, true)) {
            Connectors.terminateRequest(handled.exchange());
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
        stopReading();
        tellEnd();
    }

    @Override
    public boolean isReadShutdown() {
        return buffer.closed() || endTold.get();
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
