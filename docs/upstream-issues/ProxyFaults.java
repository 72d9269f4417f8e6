import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.proxy.LoadBalancingProxyClient;
import io.undertow.server.handlers.proxy.ProxyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Faults of Undertow's HTTP client and ProxyHandler, in front of a plain socket: {@code java -cp JARS ProxyFaults.java [CASE...]}. */
public final class ProxyFaults {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfinal";

    interface Case {
        void run() throws Exception;
    }

    /** What the upstream does with one request, whose head it has read; it may read on. */
    interface Upstream {
        void serve(String head, Socket socket) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("interim", ProxyFaults::interim);
        cases.put("not-modified", ProxyFaults::notModified);
        cases.put("http-1.0", ProxyFaults::http10);
        cases.put("hop-by-hop", ProxyFaults::hopByHop);
        cases.put("target", ProxyFaults::target);
        cases.put("late-head", ProxyFaults::lateHead);
        cases.put("disconnect", ProxyFaults::disconnect);
        cases.put("stale", ProxyFaults::stale);
        for (String name : arguments.length == 0 ? cases.keySet() : List.of(arguments)) {
            System.out.println("== " + name);
            cases.get(name).run();
        }
        System.exit(0);
    }

    /** An interim response other than 100 is passed on as the final one. */
    static void interim() throws Exception {
        try (Proxy proxy = new Proxy((head, socket) -> {
            boolean first = head.startsWith("GET /first");
            send(socket, first ? "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK.replace("final", "first") : OK);
        })) {
            proxy.exchange("103, then 200", "GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
            proxy.exchange("the next client, 200", GET);
        }
    }

    /** A 304 that has a Content-Length, as RFC 9110 8.6 allows, is waited for for ever. */
    static void notModified() throws Exception {
        try (Proxy proxy = new Proxy((head, socket) -> send(socket, "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\nETag: \"a\"\r\n\r\n"))) {
            proxy.exchange("304 with Content-Length: 100", GET);
            proxy.exchange("the same, closed by the client", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        }
    }

    /** A client that speaks HTTP/1.0 gets chunks. */
    static void http10() throws Exception {
        try (Proxy proxy = new Proxy((head, socket) -> send(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfinal\r\n0\r\n\r\n"))) {
            proxy.exchange("HTTP/1.0 client", "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        }
    }

    /** Fields that are meant for one connection are passed on, both ways. */
    static void hopByHop() throws Exception {
        try (Proxy proxy = new Proxy((head, socket) -> {
            System.out.println("  the upstream got: " + head.replace("\r\n", " | "));
            send(socket, "HTTP/1.1 200 OK\r\nConnection: x-hop\r\nx-hop: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\nfinal");
        })) {
            proxy.exchange("the client got", "GET / HTTP/1.1\r\nHost: a\r\nConnection: x-own\r\nx-own: 1\r\nKeep-Alive: timeout=5\r\nTE: gzip\r\n\r\n");
        }
    }

    /** With ALLOW_UNESCAPED_CHARACTERS_IN_URL, ProxyHandler writes a decoded CR LF into its request line. */
    static void target() throws Exception {
        try (Proxy proxy = new Proxy((head, socket) -> {
            System.out.println("  the upstream got: " + head.replace("\r\n", " | "));
            send(socket, OK);
        })) {
            proxy.exchange("%0d%0a", "GET /a%20HTTP/1.1%0d%0aX-Injected:%201%0d%0aX-B: HTTP/1.1\r\nHost: a\r\n\r\n");
        }
    }

    /** The head of a response is held back until the first byte of its body. */
    static void lateHead() throws Exception {
        try (Proxy proxy = new Proxy((head, socket) -> {
            send(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            Thread.sleep(1500);
            send(socket, "5\r\nfinal\r\n0\r\n\r\n");
        })) {
            long begin = System.nanoTime();
            try (Socket client = proxy.connect()) {
                send(client, GET);
                client.getInputStream().read();
            }
            System.out.println("  the upstream sent the head at once and the body after 1500 ms; the head came after "
                    + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) + " ms");
        }
    }

    /** A client that disconnects while the upstream works on its request is not noticed. */
    static void disconnect() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (Proxy proxy = new Proxy((head, socket) -> {
            asked.countDown();
            socket.setSoTimeout(5000);
            String seen;
            try {
                seen = socket.getInputStream().read() < 0 ? "the upstream saw its end" : "the upstream got more";
            } catch (SocketTimeoutException silence) {
                seen = "5 s later the upstream connection was still open";
            }
            System.out.println("  the client disconnected; " + seen);
            over.countDown();
        })) {
            try (Socket client = proxy.connect()) {
                send(client, GET);
                asked.await(3, TimeUnit.SECONDS);
            }
            over.await(7, TimeUnit.SECONDS);
        }
    }

    /** A GET on a connection that the upstream has just closed is a 503, though an upstream is there. */
    static void stale() throws Exception {
        try (Proxy proxy = new Proxy((head, socket) -> {
            if (head.startsWith("GET /stale")) {
                // As a server whose idle timeout expires when the request comes.
                socket.close();
            } else {
                send(socket, OK);
            }
        })) {
            proxy.exchange("first", GET);
            proxy.exchange("second, on the same upstream connection, which closes", "GET /stale HTTP/1.1\r\nHost: a\r\n\r\n");
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Undertow as a proxy on a free port, one I/O thread, and its upstream. */
    private static final class Proxy implements AutoCloseable {
        private final ServerSocket upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Undertow undertow;

        Proxy(Upstream behaviour) throws IOException {
            Thread acceptor = new Thread(() -> accept(behaviour));
            acceptor.setDaemon(true);
            acceptor.start();
            LoadBalancingProxyClient client = new LoadBalancingProxyClient().setConnectionsPerThread(10);
            client.addHost(URI.create("http://127.0.0.1:" + upstream.getLocalPort()));
            undertow = Undertow.builder()
                    .setIoThreads(1)
                    .addHttpListener(0, "127.0.0.1", ProxyHandler.builder().setProxyClient(client).build())
                    .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                    .build();
            undertow.start();
        }

        private void accept(Upstream behaviour) {
            try {
                while (true) {
                    Socket socket = upstream.accept();
                    Thread server = new Thread(() -> serve(behaviour, socket));
                    server.setDaemon(true);
                    server.start();
                }
            } catch (IOException closed) {
                // The case is over.
            }
        }

        private static void serve(Upstream behaviour, Socket socket) {
            try (socket) {
                while (!socket.isClosed()) {
                    String head = head(socket.getInputStream());
                    if (head.isEmpty()) {
                        return;
                    }
                    behaviour.serve(head, socket);
                }
            } catch (Exception end) {
                // The other side has closed.
            }
        }

        private static String head(InputStream in) throws IOException {
            StringBuilder read = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                read.append((char) next);
                if (read.indexOf("\r\n\r\n") >= 0) {
                    break;
                }
            }
            return read.toString();
        }

        Socket connect() throws IOException {
            Socket socket = new Socket("127.0.0.1", ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort());
            socket.setSoTimeout(2000);
            return socket;
        }

        /** Sends the bytes, and prints what comes until nothing has come for 2 s. */
        void exchange(String label, String request) throws IOException {
            StringBuilder read = new StringBuilder();
            String end;
            try (Socket socket = connect()) {
                send(socket, request);
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
        public void close() throws IOException {
            undertow.stop();
            upstream.close();
        }
    }
}
