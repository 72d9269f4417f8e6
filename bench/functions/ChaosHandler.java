import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** The responses of chaosupstream.py, as a handler in the watchdog. */
public final class ChaosHandler implements HttpHandler {
    private final HttpHandler blocking = new BlockingHandler(ChaosHandler::respond);

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.getRequestPath().equals("/throw")) {
            throw new IllegalStateException("on the I/O thread");
        }
        blocking.handleRequest(exchange);
    }

    private static void respond(HttpServerExchange exchange) throws Exception {
        String path = exchange.getRequestPath();
        switch (path) {
            case "/throw-blocking" -> throw new IllegalStateException("on a worker thread");
            case "/error" -> throw new AssertionError("no exception");
            case "/half" -> {
                send(exchange, new byte[32]);
                exchange.getOutputStream().flush();
                throw new IllegalStateException("in the middle of a body");
            }
            case "/hang" -> Thread.sleep(60_000);
            case "/wait" -> {
                Thread.sleep(2000);
                send(exchange, filled(32));
            }
            case "/events" -> events(exchange.getOutputStream());
            default -> {
                if (exchange.getRequestMethod().equals(Methods.POST)) {
                    String length = String.format(Locale.ROOT, "%32d", length(exchange.getInputStream()));
                    send(exchange, length.getBytes(StandardCharsets.US_ASCII));
                } else {
                    send(exchange, filled(Integer.parseInt(path.substring(1))));
                }
            }
        }
    }

    private static void events(OutputStream out) throws IOException, InterruptedException {
        for (int number = 0; number < 10; number++) {
            out.write(("data: " + number + "\n\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            Thread.sleep(50);
        }
    }

    private static long length(InputStream in) throws IOException {
        byte[] piece = new byte[16 * 1024];
        long length = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            length += read;
        }
        return length;
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }

    private static void send(HttpServerExchange exchange, byte[] bytes) throws IOException {
        exchange.getOutputStream().write(bytes);
    }
}
