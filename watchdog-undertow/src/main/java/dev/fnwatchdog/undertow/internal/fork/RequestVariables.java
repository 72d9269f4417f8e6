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
 * The variables that tell a process of its request (specification 4).
 *
 * @param wanted {@code cgi_headers}
 */
record RequestVariables(boolean wanted) {
    /** @throws UnusableRequestException for a path that no variable can hold, wanted or not */
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
