import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * A function with nothing but the JDK: says hello, and what it was asked. Run it with {@code java Hello.java 3000}; the
 * watchdog does so when that is its {@code fprocess}.
 */
public final class Hello {
    private Hello() {}

    /** Listens on the port that the first argument names. */
    public static void main(String[] arguments) throws IOException {
        // Head and body are written apart: the second would wait 40 ms for the first to be acknowledged.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        int port = Integer.parseInt(arguments[0]);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", Hello::answer);
        server.start();
        System.out.println("hello is ready");
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            long received = exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            String text = "Hello! You sent %s %s with %d bytes.\n"
                    .formatted(exchange.getRequestMethod(), exchange.getRequestURI(), received);
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }
}
