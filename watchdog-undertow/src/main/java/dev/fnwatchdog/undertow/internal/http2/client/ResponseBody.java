package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.PeekableBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.ReadReadyHandler;

/**
 * The body of a response: what its stream delivers.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class ResponseBody extends PeekableBody {
    /** Receives the progress of the body. */
    public interface Listener extends PeekableBody.Listener {
        /** Called when there may be something to read. */
        void bodyReadable();

        /** Called when the body has been read to its end. */
        void responseReceived();
    }

    private final Listener listener;

    // Mutable state
    private @Nullable ClientStream stream;

    public ResponseBody(IoLoop loop, Listener listener) {
        super(loop, listener);
        this.listener = listener;
    }

    /** Starts the body when the head has arrived. */
    public void begin(ClientStream opened) {
        start();
        stream = opened;
        opened.response().setReadReadyHandler(new Reader());
        opened.response().resumeReads();
    }

    /** Starts a body that is empty, and has ended. */
    public void beginEmpty() {
        endReached();
        listener.responseReceived();
    }

    private final class Reader implements ReadReadyHandler {
        @Override
        public void readReady() {
            listener.bodyReadable();
        }

        @Override
        public void forceTermination() {
            listener.close();
        }

        @Override
        public void terminated() {}
    }

    @Override
    protected int readNext(ByteBuffer dst) throws IOException {
        int count = stream == null ? EOF : stream.response().read(dst);
        if (count < 0) {
            endReached();
            stream = null;
            listener.responseReceived();
        }
        return count;
    }

    @Override
    protected void released() {
        stream = null;
    }

    @Override
    public void resumeReads() {
        super.resumeReads();
        if (stream != null) {
            stream.response().resumeReads();
        }
    }

    @Override
    public void suspendReads() {
        super.suspendReads();
        if (stream != null) {
            stream.response().suspendReads();
        }
    }
}
