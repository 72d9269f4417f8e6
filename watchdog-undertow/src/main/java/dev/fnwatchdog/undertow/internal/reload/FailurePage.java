package dev.fnwatchdog.undertow.internal.reload;

import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

/**
 * Tells the developer, in a browser or a terminal, why there is no function to call: 500, and the reason as it is.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class FailurePage implements HttpHandler {
    private final String reason;

    FailurePage(String reason) {
        this.reason = reason;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        CannedResponse answer = CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(Headers.CACHE_CONTROL, "no-store");
        (wantsHtml(exchange)
                        ? answer.withBody("text/html; charset=utf-8", html())
                        : answer.withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n"))
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
