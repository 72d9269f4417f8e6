package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http.GrpcContentType;
import dev.fnwatchdog.undertow.internal.http.GrpcStatus;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.BadRequestException;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.ParameterLimitException;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import io.undertow.util.URLUtils;
import java.util.function.Consumer;
import org.xnio.StreamConnection;

/**
 * Serves HTTP/2 connections by prior knowledge: each request becomes an exchange of Undertow (specification 9.1).
 *
 * <p>Threads: any; a connection and its exchanges belong to its I/O thread.
 */
public final class Http2Server {
    private final HttpHandler root;
    private final ByteBufferPool buffers;
    private final MemoryBudgets memory;
    private final Http2Options options;
    private final Consumer<HttpServerExchange> onAborted;

    /** @param onAborted called with an exchange whose stream has ended early, before the exchange is ended */
    public Http2Server(
            HttpHandler root,
            ByteBufferPool buffers,
            MemoryBudgets memory,
            Http2Options options,
            Consumer<HttpServerExchange> onAborted) {
        this.root = root;
        this.buffers = buffers;
        this.memory = memory;
        this.options = options;
        this.onAborted = onAborted;
    }

    /**
     * Creates a connection; nothing is read or written before {@link Http2Connection#start}.
     *
     * @param closeGracefully closes the socket without losing output that the peer has not read yet
     */
    public Http2ServerConnection open(StreamConnection socket, Runnable closeGracefully) {
        return new Http2ServerConnection(socket, buffers, memory, options, closeGracefully, this);
    }

    /**
     * Serves a request.
     *
     * @param head a valid request head
     * @param endStream whether the request has no body
     * @param needed released with the stream
     */
    void serve(Http2ServerConnection connection, int id, FieldSection head, boolean endStream, StreamMemory needed) {
        if (head.hasPseudo(":authority")) {
            head.fields().put(Headers.HOST, head.pseudo(":authority"));
        }
        ServerStream stream = new ServerStream(connection, id, head, endStream, options.undertow(), onAborted);
        stream.stream().assignMemory(needed);
        connection.opened(stream.stream());
        HttpServerExchange exchange = stream.exchange();
        exchange.setProtocol(Protocols.HTTP_2_0);
        exchange.setRequestScheme(head.pseudo(":scheme"));
        exchange.setRequestMethod(Methods.fromString(head.pseudo(":method")));
        if (endStream) {
            stream.stream().source().end();
            Connectors.terminateRequest(exchange);
        }
        if (setTarget(exchange, head.pseudo(":path"))) {
            Connectors.executeRootHandler(root, exchange);
        } else {
            refuse(exchange);
        }
    }

    /** Refuses a request whose target cannot be read, without a handler (specification 9.11, 7.4). */
    private static void refuse(HttpServerExchange exchange) {
        if (GrpcContentType.isIn(exchange.getRequestHeaders())) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, GrpcContentType.VALUE);
            GrpcStatus.ofHttp(StatusCodes.BAD_REQUEST).putInto(exchange.getResponseHeaders(), "malformed target");
        } else {
            exchange.setStatusCode(StatusCodes.BAD_REQUEST);
        }
        exchange.endExchange();
    }

    private boolean setTarget(HttpServerExchange exchange, String target) {
        try {
            int question = target.indexOf('?');
            Connectors.setExchangeRequestPath(
                    exchange,
                    question < 0 ? target : target.substring(0, question),
                    null,
                    options.undertow().get(UndertowOptions.DECODE_URL, false),
                    URLUtils.getSlashDecodingFlag(options.undertow()),
                    new StringBuilder(),
                    options.undertow().get(UndertowOptions.MAX_PARAMETERS, Integer.MAX_VALUE));
            if (question >= 0) {
                RequestTarget.setQuery(exchange, target.substring(question + 1));
            }
            return true;
        } catch (ParameterLimitException | BadRequestException rejected) {
            return false;
        }
    }
}
