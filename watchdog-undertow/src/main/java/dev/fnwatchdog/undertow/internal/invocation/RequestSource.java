package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.connection.ChunkedRequestConduit;
import dev.fnwatchdog.undertow.internal.connection.ServedConnection;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.io.PeerCloseCheck;
import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import dev.fnwatchdog.undertow.internal.io.TimeoutQueue;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The client's side of a request's body. It holds the body to {@code read_timeout}, tells a bad body from a client that
 * left, and ends at once when the call needs no more of it: its reader then sees an ordinary end, and frees its buffer.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class RequestSource extends SourceFilter {
    private static final int END = -1;

    /** How often a client is looked after whose body nobody reads: within a second it is to be seen that it left. */
    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final Invocation invocation;
    private final ServedConnection connection;
    private final TimeoutQueue.@Nullable Timeout timeout;

    // Mutable state
    private boolean stopped;
    private boolean isIncomplete;
    private TimeoutQueue.@Nullable Timeout check;

    private RequestSource(
            StreamSourceConduit next,
            Invocation invocation,
            ServedConnection connection,
            TimeoutQueue.@Nullable Timeout timeout) {
        super(next);
        this.invocation = invocation;
        this.connection = connection;
        this.timeout = timeout;
    }

    /** Puts itself around the body of a request that has one. */
    static void install(Invocation invocation, ServedConnection connection, Duration readTimeout) {
        HttpServerExchange exchange = invocation.exchange();
        int headLength = connection.head().length();
        if (exchange.getConnection() instanceof HttpServerConnection http1
                && exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
            http1.getChannel()
                    .getSourceChannel()
                    .setConduit(new ChunkedRequestConduit(
                            http1, exchange, invocation.loop().headerLines(), headLength));
        }
        TimeoutQueue.Timeout timeout = readTimeout.isZero()
                ? null
                : invocation
                        .loop()
                        .readTimeouts()
                        .start(
                                connection.headStartNanos(),
                                readTimeout.toNanos(),
                                () -> invocation.respondInstead(CannedResponse.of(StatusCodes.REQUEST_TIME_OUT)));
        exchange.addRequestWrapper((factory, ex) -> {
            RequestSource source = new RequestSource(factory.create(), invocation, connection, timeout);
            source.checkLater();
            invocation.source(source);
            return source;
        });
        invocation.atEnd(() -> {
            if (timeout != null) {
                timeout.cancel();
            }
        });
    }

    /** No more of the body is wanted. */
    void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        finish();
        if (next.isReadResumed()) {
            next.wakeupReads();
        }
    }

    /** Whether what was read is not the whole body, and never will be. */
    boolean isIncomplete() {
        return isIncomplete;
    }

    private void finish() {
        if (timeout != null) {
            timeout.cancel();
        }
        if (check != null) {
            check.cancel();
        }
    }

    private void checkLater() {
        // The bytes of HTTP/2 are always read.
        if (PeerCloseCheck.available() && invocation.exchange().getConnection() instanceof HttpServerConnection) {
            check = invocation.loop().clientChecks().start(System.nanoTime(), CHECK_NANOS, this::checkClient);
        }
    }

    /** Who waits for bytes sees the client's end behind them; who does not read, because the function does not, sees nothing. */
    private void checkClient() {
        if (!next.isReadResumed() && PeerCloseCheck.isClosedByPeer(connection.socket())) {
            invocation.clientDisconnected();
        } else {
            checkLater();
        }
    }

    private long ended(long count) {
        // A chunked body is complete with its last data; its reader may not ask again.
        if (count == END || invocation.exchange().isRequestComplete()) {
            finish();
            invocation.requestRead();
        }
        return count;
    }

    /** A body that breaks the rules is answered, where that still can be; a client that left is not. */
    private long isIncomplete(IOException reason) {
        isIncomplete = true;
        if (reason instanceof MalformedMessageException) {
            invocation.respondInstead(CannedResponse.of(StatusCodes.BAD_REQUEST));
        } else {
            invocation.clientDisconnected();
        }
        return END;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (stopped) {
            return END;
        }
        try {
            return (int) ended(next.read(dst));
        } catch (IOException e) {
            return (int) isIncomplete(e);
        }
    }
}
