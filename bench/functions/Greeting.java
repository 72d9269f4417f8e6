import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/** Responds at once, on the I/O thread. */
public final class Greeting implements HttpHandler {
    private static final String BODY = "x".repeat(32);

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
        exchange.getResponseSender().send(BODY);
    }
}
