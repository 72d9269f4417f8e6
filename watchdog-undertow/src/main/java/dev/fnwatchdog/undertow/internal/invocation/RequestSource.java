package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.connection.ChunkedRequestConduit;
import dev.fnwatchdog.undertow.internal.connection.ServedConnection;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The client's side of a request body. It enforces {@code read_timeout} (specification 1.17) and distinguishes a malformed body
 * from a disconnect. When the invocation needs no more of the body, its reader sees EOF, and releases its buffer.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class RequestSource extends SourceFilter {
    private static final int EOF = -1;

    private final Invocation invocation;
    private final BodyTimeouts.@Nullable Running timeout;
    private final UnreadBodyCheck check;

    // Mutable state
    private boolean stopped;
    private boolean incomplete;

    private RequestSource(StreamSourceConduit next, Invocation invocation, BodyTimeouts.@Nullable Running timeout) {
        super(next);
        this.invocation = invocation;
        this.timeout = timeout;
        this.check = UnreadBodyCheck.start(invocation, next::isReadResumed);
    }

    /** Installs itself around the body of a request that has one. */
    static void install(Invocation invocation, ServedConnection connection) {
        HttpServerExchange exchange = invocation.exchange();
        int headLength = connection.head().length();
        if (exchange.getConnection() instanceof HttpServerConnection http1
                && exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
            http1.getChannel().getSourceChannel().setConduit(new ChunkedRequestConduit(http1, exchange, headLength));
        }
        BodyTimeouts.Running timeout = invocation
                .bodyTimeouts()
                .startRead(
                        connection.headStartNanos(),
                        () -> invocation.respondInstead(CannedResponse.of(StatusCodes.REQUEST_TIME_OUT)));
        exchange.addRequestWrapper((factory, ex) -> {
            RequestSource source = new RequestSource(factory.create(), invocation, timeout);
            invocation.source(source);
            return source;
        });
        invocation.atEnd(() -> {
            if (timeout != null) {
                timeout.cancel();
            }
        });
    }

    /** Stops reading: no more of the body is needed. */
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

    /** Returns whether the body that was read is incomplete and will stay so. */
    boolean isIncomplete() {
        return incomplete;
    }

    private void finish() {
        if (timeout != null) {
            timeout.cancel();
        }
        check.cancel();
    }

    private long afterRead(long count) {
        if (count > 0) {
            invocation.bodyTimeouts().bytePassed();
        }
        // A chunked body is complete with its last data; its reader may not read again.
        if (count == EOF || invocation.exchange().isRequestComplete()) {
            finish();
            invocation.requestRead();
        }
        return count;
    }

    /** Responds to a malformed body where that is still possible; treats any other failure as a disconnect. */
    private long handleFailure(IOException reason) {
        incomplete = true;
        if (reason instanceof MalformedMessageException) {
            invocation.respondInstead(CannedResponse.of(StatusCodes.BAD_REQUEST));
        } else {
            invocation.clientDisconnected();
        }
        return EOF;
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler handler) {
        next.setReadReadyHandler(new BodyReader(invocation, handler));
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (stopped) {
            return EOF;
        }
        try {
            return (int) afterRead(next.read(dst));
        } catch (IOException e) {
            return (int) handleFailure(e);
        }
    }

    private record BodyReader(Invocation invocation, ReadReadyHandler handler) implements ReadReadyHandler {
        @Override
        public void readReady() {
            invocation.withRequestBuffer(handler::readReady);
        }

        @Override
        public void forceTermination() {
            handler.forceTermination();
        }

        @Override
        public void terminated() {
            handler.terminated();
        }
    }
}
