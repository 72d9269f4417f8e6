package dev.fnwatchdog.undertow.internal.tls;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.WriteReadyHandler;
import org.xnio.ssl.SslConnection;

/**
 * The handshake of one connection, which ends before a request gets the connection: a certificate that is not trusted is a
 * failed attempt to connect.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class TlsHandshake implements Closeable {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private enum State {
        RUNNING,
        /** The engine has finished, which the listener is about to hear. */
        FINISHED,
        /** The listener has the result, or needs it no more. */
        ENDED
    }

    private final SslConnection connection;
    private final SocketSink socket;
    private final TlsEngine engine;
    private final String host;
    private final Transport.Listener listener;

    // Mutable state
    private State state = State.RUNNING;
    private XnioExecutor.@Nullable Key timer;

    TlsHandshake(
            SslConnection connection, SocketSink socket, TlsEngine engine, String host, Transport.Listener listener) {
        this.connection = connection;
        this.socket = socket;
        this.engine = engine;
        this.host = host;
        this.listener = listener;
    }

    void start(Duration limit) {
        timer = connection.getIoThread().executeAfter(() -> expired(limit), limit.toMillis(), TimeUnit.MILLISECONDS);
        connection.getHandshakeSetter().set(done -> finished());
        connection.getCloseSetter().set(closed -> failed(new EOFException()));
        connection.getSourceChannel().setReadListener(this::proceed);
        try {
            connection.startHandshake();
        } catch (IOException e) {
            failed(e);
            return;
        }
        // Reading writes as well, as far as the handshake needs it.
        connection.getSourceChannel().resumeReads();
    }

    private void proceed(ConduitStreamSourceChannel channel) {
        try {
            if (channel.read(NOTHING.duplicate()) < 0) {
                failed(new EOFException());
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void finished() {
        if (state == State.RUNNING) {
            state = State.FINISHED;
            // Later: the conduit is in the middle of reading or writing.
            connection.getIoThread().execute(this::succeed);
        }
    }

    private void succeed() {
        if (state == State.FINISHED) {
            end();
            ConduitStreamSourceChannel source = connection.getSourceChannel();
            source.setReadListener(null);
            source.suspendReads();
            source.setConduit(new TlsSource(source.getConduit(), engine));
            ConduitStreamSinkChannel sink = connection.getSinkChannel();
            TlsSink secured = new TlsSink(sink.getConduit(), socket);
            secured.setWriteReadyHandler(new WriteReadyHandler.ChannelListenerHandler<>(sink));
            sink.setConduit(secured);
            listener.secured(connection);
        }
    }

    private void failed(IOException reason) {
        SSLException failure = engine.failure();
        IOException cause = failure == null ? reason : failure;
        refuse(HandshakeFailedException.of(cause, host));
    }

    private void expired(Duration limit) {
        refuse(new HandshakeFailedException(
                "it has not completed the TLS handshake within " + GoDuration.format(limit), null));
    }

    private void refuse(HandshakeFailedException reason) {
        if (state != State.ENDED) {
            end();
            IoUtils.safeClose(connection);
            listener.refused(reason);
        }
    }

    private void end() {
        state = State.ENDED;
        if (timer != null) {
            timer.remove();
            timer = null;
        }
    }

    /** Abandons the handshake, if it has not ended. */
    @Override
    public void close() {
        if (state != State.ENDED) {
            end();
            IoUtils.safeClose(connection);
        }
    }
}
