import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.BlockingHandler;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xnio.Option;

/** Faults of Undertow's HTTP/1 server, each shown over a plain socket: {@code java -cp JARS Http1Faults.java [CASE...]}. */
public final class Http1Faults {
    interface Case {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("versions", Http1Faults::versions);
        cases.put("content-length-overflow", Http1Faults::contentLengthOverflow);
        cases.put("transfer-encoding", Http1Faults::transferEncoding);
        cases.put("leading-line", Http1Faults::leadingLine);
        cases.put("target", Http1Faults::target);
        cases.put("many-fields", Http1Faults::manyFields);
        cases.put("stack-trace", Http1Faults::stackTrace);
        cases.put("early-response", Http1Faults::earlyResponse);
        cases.put("head-memory", Http1Faults::headMemory);
        for (String name : arguments.length == 0 ? cases.keySet() : List.of(arguments)) {
            System.out.println("== " + name);
            cases.get(name).run();
        }
        System.exit(0);
    }

    /** Versions that no HTTP has are served. */
    static void versions() throws Exception {
        for (String version : List.of("HTTP/9.9", "HTTP/0.9", "HTTP/1.2", "HTTP/2.0")) {
            exchange(exchange -> exchange.getResponseSender().send("served"), version, "GET / " + version + "\r\nHost: a\r\n\r\n");
        }
    }

    /** A Content-Length beyond 64 bits is taken modulo 2^64: the rest of the body is another request. */
    static void contentLengthOverflow() throws Exception {
        HttpHandler handler = new BlockingHandler(exchange -> exchange.getResponseSender()
                .send(exchange.getRequestMethod() + " with body '" + new String(exchange.getInputStream().readAllBytes(), StandardCharsets.US_ASCII) + "'"));
        exchange(handler, "2^64 + 5", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551621\r\n\r\nhello"
                + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /** Codings that Undertow does not know, and chunks in HTTP/1.0, reach the handler. */
    static void transferEncoding() throws Exception {
        HttpHandler handler = exchange -> exchange.getRequestReceiver()
                .receiveFullString((done, body) -> done.getResponseSender().send("body '" + body + "'"));
        exchange(handler, "xchunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        exchange(handler, "gzip, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        exchange(handler, "HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    }

    /** An empty line before the request line is refused. */
    static void leadingLine() throws Exception {
        exchange(exchange -> exchange.getResponseSender().send("served"), "CRLF first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /** With ALLOW_UNESCAPED_CHARACTERS_IN_URL a raw CR LF is a part of the target; an empty query is lost in any case. */
    static void target() throws Exception {
        HttpHandler handler = exchange -> exchange.getResponseSender()
                .send("uri '" + exchange.getRequestURI().replace("\r", "\\r").replace("\n", "\\n") + "', query '" + exchange.getQueryString() + "'");
        exchange(handler, "GET /a?", "GET /a? HTTP/1.1\r\nHost: a\r\n\r\n");
        try (Server server = new Server(handler, UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)) {
            server.exchange("raw CR LF", "GET /a\r\nX-B:1 HTTP/1.1\r\nHost: a\r\n\r\n");
            server.exchange("%0d%0a", "GET /a%0d%0aX-B:%201 HTTP/1.1\r\nHost: a\r\n\r\n");
        }
    }

    /** The 128th field of one name is a 400, whatever MAX_HEADERS says. */
    static void manyFields() throws Exception {
        for (int count : new int[] {127, 128}) {
            try (Server server = new Server(exchange -> exchange.getResponseSender().send("served"), UndertowOptions.MAX_HEADERS, 1000)) {
                server.exchange(count + " fields of one name", "GET / HTTP/1.1\r\nHost: a\r\n" + "x-a: 1\r\n".repeat(count) + "\r\n");
            }
        }
    }

    /** A chunked body over MAX_ENTITY_SIZE prints a stack trace to standard error, whatever the logging. */
    static void stackTrace() throws Exception {
        HttpHandler handler = exchange -> exchange.getRequestReceiver()
                .receiveFullString((done, body) -> done.getResponseSender().send("served"));
        java.io.PrintStream before = System.err;
        java.io.ByteArrayOutputStream printed = new java.io.ByteArrayOutputStream();
        System.setErr(new java.io.PrintStream(printed, true));
        java.util.logging.LogManager.getLogManager().reset();
        try (Server server = new Server(handler, UndertowOptions.MAX_ENTITY_SIZE, 10L)) {
            server.exchange("20 bytes where 10 are allowed", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n"
                    + "x".repeat(20) + "\r\n0\r\n\r\n");
        } finally {
            System.setErr(before);
        }
        System.out.println("  on standard error, with all loggers off: " + printed.toString().lines().limit(3).toList());
    }

    /** A response that needs no body waits for the request's body, for ever where the client waits for the response. */
    static void earlyResponse() throws Exception {
        exchange(exchange -> exchange.setStatusCode(401).endExchange(), "endExchange(), body on its way",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx");
        exchange(exchange -> exchange.setStatusCode(401).getResponseSender().send("no"), "a sender, body on its way",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx");
    }

    /** A connection keeps the memory of its largest head until it closes. */
    static void headMemory() throws Exception {
        int connections = 20;
        try (Server server = new Server(exchange -> exchange.getResponseSender().send("served"), UndertowOptions.MAX_HEADER_SIZE, 1 << 20)) {
            long before = heap();
            List<Socket> open = new ArrayList<>();
            for (int count = 0; count < connections; count++) {
                Socket socket = server.connect();
                open.add(socket);
                socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: a\r\nx-a: " + "x".repeat(1_000_000) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                await(socket.getInputStream(), "served");
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                await(socket.getInputStream(), "served");
            }
            System.out.println("  " + connections + " idle connections that once had a head of 1 MB hold " + (heap() - before) / connections / 1024 + " KiB each");
            for (Socket socket : open) {
                socket.close();
            }
            Thread.sleep(500);
            System.out.println("  after they were closed " + (heap() - before) / connections / 1024 + " KiB each");
        }
    }

    private static long heap() throws InterruptedException {
        for (int count = 0; count < 3; count++) {
            System.gc();
            Thread.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void await(InputStream in, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            read.append((char) next);
            if (read.indexOf(end) >= 0) {
                return;
            }
        }
    }

    private static void exchange(HttpHandler handler, String label, String request) throws IOException {
        try (Server server = new Server(handler, UndertowOptions.ENABLE_STATISTICS, false)) {
            server.exchange(label, request);
        }
    }

    /** Undertow on a free port. */
    private static final class Server implements AutoCloseable {
        private final Undertow undertow;

        <T> Server(HttpHandler handler, Option<T> option, T value) {
            undertow = Undertow.builder().addHttpListener(0, "127.0.0.1", handler).setServerOption(option, value).build();
            undertow.start();
        }

        Socket connect() throws IOException {
            Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort());
            socket.setSoTimeout(3000);
            return socket;
        }

        /** Sends the bytes, and prints what comes within a second. */
        void exchange(String label, String request) throws IOException {
            StringBuilder read = new StringBuilder();
            String end = "open";
            try (Socket socket = connect()) {
                socket.setSoTimeout(1000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                for (int next = socket.getInputStream().read(); next >= 0; next = socket.getInputStream().read()) {
                    read.append((char) next);
                }
                end = "closed";
            } catch (SocketTimeoutException silence) {
                end = "open";
            } catch (SocketException reset) {
                end = "reset";
            }
            System.out.println("  " + label + ": " + (read.isEmpty() ? "no response" : read.toString().replaceAll("\r\nDate: [^\r]*", "").replace("\r\n", " | "))
                    + " (connection " + end + ")");
        }

        @Override
        public void close() {
            undertow.stop();
        }
    }
}
