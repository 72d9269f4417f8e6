package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.request.CgiEnvironment;
import dev.fnwatchdog.core.request.UnusableRequestException;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Map;

/**
 * The environment variables that describe a request to its process (specification 4.2, 4.3).
 *
 * @param wanted the value of {@code cgi_headers}; if false, there are no variables
 */
record RequestVariables(boolean wanted) {
    /** @throws UnusableRequestException if a value has a NUL or the path is malformed; the path is always checked */
    Map<String, String> of(HttpServerExchange exchange) throws UnusableRequestException {
        HeaderMap headers = exchange.getRequestHeaders();
        String transferEncoding = headers.getFirst(Headers.TRANSFER_ENCODING);
        CgiEnvironment variables = new CgiEnvironment(
                exchange.getRequestMethod().toString(),
                RequestTarget.path(exchange),
                exchange.getQueryString(),
                transferEncoding == null ? "" : transferEncoding);
        if (!wanted) {
            return Map.of();
        }
        for (HeaderValues values : headers) {
            variables.header(values.getHeaderName().toString(), values.getFirst());
        }
        return variables.variables();
    }
}
