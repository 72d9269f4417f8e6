package dev.fnwatchdog.undertow.internal.reload;

import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

/**
 * Responds with 500 and the reason why no function can be called, as HTML or text (specification 7.28).
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class FailurePage implements HttpHandler {
    private final String reason;

    FailurePage(String reason) {
        this.reason = reason;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        CannedResponse response = CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(Headers.CACHE_CONTROL, "no-store");
        (wantsHtml(exchange)
                        ? response.withBody("text/html; charset=utf-8", html())
                        : response.withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n"))
                .send(exchange);
    }

    private static boolean wantsHtml(HttpServerExchange exchange) {
        String accepted = exchange.getRequestHeaders().getFirst(Headers.ACCEPT);
        return accepted != null && accepted.contains("text/html");
    }

    private String html() {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <title>The function cannot be called</title>
                <style>body{font:16px/1.5 sans-serif;margin:2em}pre{padding:1em;background:#f4f4f4;overflow:auto}</style>
                <h1>The function cannot be called</h1>
                <pre>%s</pre>
                </html>
                """.formatted(reason.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }
}
