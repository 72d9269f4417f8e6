package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.invocation.BodyPiece;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends the body of a function's response to the client, each piece when it comes and no faster than he reads. What came with
 * the head goes out with the head, from the buffer in which it came.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class ResponseTransfer {
    private static final int MOST_PIECES_AT_ONCE = 16;

    private final Invocation invocation;
    private final UpstreamSource body;
    private final StreamSinkChannel client;
    private final BodyPiece piece;

    // Mutable state
    private boolean running;
    private boolean finishing;
    private boolean done;

    ResponseTransfer(Invocation invocation, UpstreamSource body, StreamSinkChannel client) {
        this.invocation = invocation;
        this.body = body;
        this.client = client;
        this.piece = new BodyPiece(invocation);
    }

    void start() {
        body.setReadListener(this::run);
        client.getWriteSetter().set(writable -> run());
        PooledByteBuffer first = body.takeFirst();
        if (first != null) {
            piece.begin(first);
        }
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
            invocation.abort();
        } finally {
            running = false;
            piece.freeIfUnused(done);
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
        invocation.loop().thread().execute(this::run);
    }

    /** True when nothing is left of what has been read. */
    private boolean send() throws IOException {
        ByteBuffer bytes = piece.bytes();
        while (bytes.hasRemaining()) {
            if (client.write(bytes) == 0) {
                return false;
            }
        }
        return true;
    }

    /** False where there is nothing to be read yet. */
    private boolean read() throws IOException {
        try {
            return body.read(piece.writableBuffer()) != 0;
        } finally {
            piece.flip();
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
