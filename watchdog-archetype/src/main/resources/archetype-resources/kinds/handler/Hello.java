package ${package};

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;

/** Greets by the name in the body. One object serves all requests, several of them at once. */
public final class Hello implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) {
        // An I/O thread, which must not block: exchange.dispatch(...) leads to a thread that may.
        exchange.getRequestReceiver().receiveFullString(Hello::greet, StandardCharsets.UTF_8);
    }

    private static void greet(HttpServerExchange exchange, String body) {
        String name = body.isBlank() ? "world" : body.strip();
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseSender().send("Hello, " + name + "!\n");
    }
}
