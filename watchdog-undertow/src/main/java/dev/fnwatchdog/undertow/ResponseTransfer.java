package dev.fnwatchdog.undertow;

import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends the body of a function's response to the client, each piece when it comes and no faster than he reads. What came with
 * the head goes out with the head, from the buffer in which it came.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class ResponseTransfer {
    private static final int MOST_PIECES_AT_ONCE = 16;

    private final Call call;
    private final UpstreamSource body;
    private final StreamSinkChannel client;

    // Mutable state
    private @Nullable PooledByteBuffer pending;
    private boolean running;
    private boolean finishing;
    private boolean done;

    ResponseTransfer(Call call, UpstreamSource body, StreamSinkChannel client) {
        this.call = call;
        this.body = body;
        this.client = client;
    }

    void start() {
        body.reader(this::run);
        client.getWriteSetter().set(writable -> run());
        pending = body.takeFirst();
        run();
    }

    /** What ends the call on the way comes back to this, by one side or the other. */
    private void run() {
        if (running || done) {
            return;
        }
        running = true;
        try {
            if (finishing) {
                flush();
            } else {
                transfer();
            }
        } catch (IOException broken) {
            done = true;
            call.breakOff();
        } finally {
            running = false;
            if (pending != null && (done || !pending.getBuffer().hasRemaining())) {
                pending.close();
                pending = null;
            }
        }
    }

    private void transfer() throws IOException {
        for (int i = 0; i < MOST_PIECES_AT_ONCE; i++) {
            if (!send()) {
                body.suspendReads();
                client.resumeWrites();
                return;
            }
            if (body.ended()) {
                finishing = true;
                client.shutdownWrites();
                flush();
                return;
            }
            if (!read()) {
                client.suspendWrites();
                body.resumeReads();
                return;
            }
        }
        // Others have their turn.
        body.suspendReads();
        call.loop().thread().execute(this::run);
    }

    /** True when nothing is left of what has been read. */
    private boolean send() throws IOException {
        if (pending == null) {
            return true;
        }
        ByteBuffer bytes = pending.getBuffer();
        while (bytes.hasRemaining()) {
            if (client.write(bytes) == 0) {
                return false;
            }
        }
        return true;
    }

    /** False where there is nothing to be read yet. */
    private boolean read() throws IOException {
        if (pending == null) {
            pending = call.exchange().getConnection().getByteBufferPool().allocate();
        }
        ByteBuffer bytes = pending.getBuffer().clear();
        try {
            return body.read(bytes) != 0;
        } finally {
            bytes.flip();
        }
    }

    private void flush() throws IOException {
        if (client.flush()) {
            done = true;
            client.suspendWrites();
        } else {
            client.resumeWrites();
        }
    }
}
