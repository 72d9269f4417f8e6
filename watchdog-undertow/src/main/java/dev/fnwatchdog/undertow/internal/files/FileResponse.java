package dev.fnwatchdog.undertow.internal.files;

import dev.fnwatchdog.undertow.internal.http.AcceptEncoding;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;

/**
 * The head of a response with a file: evaluates preconditions, ranges and codings (RFC 9110 13 and 14).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class FileResponse {
    private final HttpServerExchange exchange;
    private final HeaderMap headers;
    private final StaticFile file;
    private final FileVersion version;
    private final boolean compressed;
    private final Preconditions decision;
    private final FileRange range;

    private FileResponse(HttpServerExchange exchange, StaticFile file) {
        HeaderMap request = exchange.getRequestHeaders();
        this.exchange = exchange;
        this.headers = exchange.getResponseHeaders();
        this.file = file;
        // Ranges are of the uncompressed file: clients assemble the parts by its length (specification 1.31).
        boolean ranged = isGet(exchange) && request.contains(Headers.RANGE);
        FileVersion gzip =
                ranged || !AcceptEncoding.acceptsGzip(request.get(Headers.ACCEPT_ENCODING)) ? null : file.gzip();
        this.compressed = gzip != null;
        this.version = gzip == null ? file.plain() : gzip;
        this.decision = Preconditions.decide(request, version, isDated(file));
        this.range = ranged && Preconditions.rangeApplies(request.getFirst(Headers.IF_RANGE), version)
                ? FileRange.of(request.get(Headers.RANGE), version.size())
                : FileRange.whole(version.size());
    }

    /**
     * Sends a file as the response.
     *
     * @param files opens it where its content is not in memory
     * @throws java.nio.file.NoSuchFileException where it has changed since the lookup; nothing has been sent then
     * @throws java.nio.file.AccessDeniedException where it must not be read; nothing has been sent then
     */
    static void send(Invocation invocation, OpenFiles files, StaticFile file) throws IOException {
        FileResponse response = new FileResponse(invocation.exchange(), file);
        FileTransfer transfer = response.hasBody()
                ? FileTransfer.of(invocation, files, response.version, response.range)
                : FileTransfer.withoutBody(invocation);
        response.setHeaders();
        int status = invocation.exchange().getStatusCode();
        if (status >= StatusCodes.BAD_REQUEST) {
            CannedResponse.of(status).send(invocation.exchange());
        } else {
            transfer.begin();
        }
    }

    private static boolean isGet(HttpServerExchange exchange) {
        return exchange.getRequestMethod().equals(Methods.GET);
    }

    private static boolean isDated(StaticFile file) {
        return file.role() != StaticFile.Role.FALLBACK_PAGE;
    }

    private boolean hasBody() {
        return isGet(exchange) && decision == Preconditions.SEND && range.isSatisfiable();
    }

    private void setHeaders() {
        if (!version.etag().isEmpty()) {
            headers.put(Headers.ETAG, version.etag());
        }
        if (isDated(file) && !version.lastModified().isEmpty()) {
            headers.put(Headers.LAST_MODIFIED, version.lastModified());
        }
        if (file.gzip() != null) {
            headers.put(Headers.VARY, Headers.ACCEPT_ENCODING_STRING);
        }
        if (file.role() != StaticFile.Role.FILE) {
            headers.put(Headers.CACHE_CONTROL, "no-cache");
        }
        switch (decision) {
            case NOT_MODIFIED -> exchange.setStatusCode(StatusCodes.NOT_MODIFIED);
            case FAILED -> exchange.setStatusCode(StatusCodes.PRECONDITION_FAILED);
            case SEND -> setBodyHeaders();
        }
    }

    private void setBodyHeaders() {
        headers.put(Headers.ACCEPT_RANGES, "bytes");
        if (!range.isSatisfiable()) {
            headers.put(Headers.CONTENT_RANGE, "bytes */" + version.length());
            exchange.setStatusCode(StatusCodes.REQUEST_RANGE_NOT_SATISFIABLE);
            return;
        }
        headers.put(Headers.CONTENT_TYPE, version.type());
        if (compressed) {
            headers.put(Headers.CONTENT_ENCODING, "gzip");
        }
        if (!range.partial()) {
            headers.put(Headers.CONTENT_LENGTH, version.length());
        } else {
            exchange.setStatusCode(StatusCodes.PARTIAL_CONTENT);
            headers.put(Headers.CONTENT_LENGTH, range.length());
            headers.put(
                    Headers.CONTENT_RANGE, "bytes %d-%d/%d".formatted(range.from(), range.end() - 1, version.size()));
        }
    }
}
