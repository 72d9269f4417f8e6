package dev.fnwatchdog.undertow.internal.devpage;

import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.util.function.UnaryOperator;

/**
 * Responds with 500 and the reason why no function can be called, as HTML or text (specification 7.28). In a browser on this
 * machine the page of a GET reloads itself; others could send a form again.
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class FailurePage implements HttpHandler {
    private final CannedResponse text;
    private final CannedResponse html;
    private final CannedResponse local;

    private FailurePage(String reason, UnaryOperator<Page> local) {
        this.text = CannedResponse.ofWatchdog(StatusCodes.INTERNAL_SERVER_ERROR)
                .with(Headers.CACHE_CONTROL, "no-store")
                .withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n");
        Page page = new Page("The function cannot be invoked", new Html().element("pre", reason));
        this.html = page.response(StatusCodes.INTERNAL_SERVER_ERROR);
        this.local = local.apply(page).response(StatusCodes.INTERNAL_SERVER_ERROR);
    }

    /** Returns a page that stays as it is. */
    static FailurePage still(String reason) {
        return new FailurePage(reason, UnaryOperator.identity());
    }

    /** @param token of the state of the function in which there is this page */
    static FailurePage reloading(String reason, String token) {
        return new FailurePage(reason, page -> page.reloading(token));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        response(exchange).send(exchange);
    }

    private CannedResponse response(HttpServerExchange exchange) {
        if (!wantsHtml(exchange)) {
            return text;
        }
        return exchange.getRequestMethod().equals(Methods.GET) && LocalClient.sent(exchange) ? local : html;
    }

    private static boolean wantsHtml(HttpServerExchange exchange) {
        String accepted = exchange.getRequestHeaders().getFirst(Headers.ACCEPT);
        return accepted != null && accepted.contains("text/html");
    }
}
