package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.BadRequestException;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.ParameterLimitException;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import io.undertow.util.URLUtils;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.xnio.StreamConnection;

/**
 * Serves HTTP/2 connections by prior knowledge: each request becomes an exchange of Undertow's.
 *
 * <p>Threads: any; a connection and its exchanges belong to its I/O thread.
 */
public final class Http2Server implements StreamOpener {
    private final HttpHandler root;
    private final ByteBufferPool buffers;
    private final MemoryBudgets memory;
    private final Http2Options options;
    private final Consumer<HttpServerExchange> aborted;

    /** @param aborted is told of exchanges whose stream has ended early, before they are ended */
    public Http2Server(
            HttpHandler root,
            ByteBufferPool buffers,
            MemoryBudgets memory,
            Http2Options options,
            Consumer<HttpServerExchange> aborted) {
        this.root = root;
        this.buffers = buffers;
        this.memory = memory;
        this.options = options;
        this.aborted = aborted;
    }

    /**
     * Makes a connection; nothing is read or written before {@link #serve}.
     *
     * @param closeGracefully closes the socket so that what was written can still be read
     */
    public Http2Session open(StreamConnection socket, Runnable closeGracefully) {
        return new Http2Connection(socket, buffers, memory, options, closeGracefully, this);
    }

    /** Serves a connection of {@link #open}, whose first bytes behind the preface are {@code first}. */
    public static void serve(Http2Session session, ByteBuffer first) {
        ((Http2Connection) session).start(first);
    }

    /** Whether the connection of an exchange is a stream of HTTP/2. */
    public static boolean isHttp2Stream(ServerConnection connection) {
        return connection instanceof ServerStream;
    }

    /** The socket's connection below a stream. */
    public static StreamConnection socketOf(ServerConnection stream) {
        return ((ServerStream) stream).socket();
    }

    /** Ends the stream of an exchange early, and with it the exchange. */
    public static void reset(HttpServerExchange exchange, ErrorCode code) {
        ((ServerStream) exchange.getConnection()).reset(code);
    }

    /**
     * The response is out, and the rest of the request is not wanted: it is dropped, and the stream reset with NO_ERROR where
     * the client goes on for long (RFC 9113, section 8.1).
     */
    public static void stopReading(HttpServerExchange exchange) {
        ((ServerStream) exchange.getConnection()).stopReading();
    }

    @Override
    public void open(Http2Connection connection, int id, FieldSection head, boolean whole, StreamMemory memory) {
        if (head.hasPseudo(":authority")) {
            head.fields().put(Headers.HOST, head.pseudo(":authority"));
        }
        ServerStream stream = new ServerStream(connection, id, head, whole, options.undertow(), aborted);
        stream.stream().assignMemory(memory);
        connection.opened(stream.stream());
        HttpServerExchange exchange = stream.exchange();
        exchange.setProtocol(Protocols.HTTP_2_0);
        exchange.setRequestScheme(head.pseudo(":scheme"));
        exchange.setRequestMethod(Methods.fromString(head.pseudo(":method")));
        if (whole) {
            stream.stream().source().end();
            Connectors.terminateRequest(exchange);
        }
        if (setTarget(exchange, head.pseudo(":path"))) {
            Connectors.executeRootHandler(root, exchange);
        } else {
            exchange.setStatusCode(StatusCodes.BAD_REQUEST);
            exchange.endExchange();
        }
    }

    private boolean setTarget(HttpServerExchange exchange, String target) {
        try {
            Connectors.setExchangeRequestPath(
                    exchange,
                    target,
                    null,
                    options.undertow().get(UndertowOptions.DECODE_URL, false),
                    URLUtils.getSlashDecodingFlag(options.undertow()),
                    new StringBuilder(),
                    options.undertow().get(UndertowOptions.MAX_PARAMETERS, Integer.MAX_VALUE));
            return true;
        } catch (ParameterLimitException | BadRequestException refused) {
            return false;
        }
    }
}
