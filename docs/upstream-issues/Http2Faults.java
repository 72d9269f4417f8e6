import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.protocols.http2.HpackDecoder;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Faults of Undertow's HTTP/2 server, each shown over a plain socket: {@code java -cp JARS Http2Faults.java [CASE...]}. */
public final class Http2Faults {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final List<String> FRAMES = List.of(
            "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION");

    interface Case {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("trailers", Http2Faults::trailers);
        cases.put("fields", Http2Faults::fields);
        cases.put("continuation", Http2Faults::continuation);
        cases.put("data-after-reset", Http2Faults::dataAfterReset);
        cases.put("many-fields", Http2Faults::manyFields);
        cases.put("stream-errors", Http2Faults::streamErrors);
        cases.put("concurrent-streams", Http2Faults::concurrentStreams);
        cases.put("cancelled-streams", Http2Faults::cancelledStreams);
        cases.put("client-goaway", Http2Faults::clientGoAway);
        cases.put("stop", Http2Faults::stop);
        for (String name : arguments.length == 0 ? cases.keySet() : List.of(arguments)) {
            System.out.println("== " + name);
            cases.get(name).run();
        }
        System.exit(0);
    }

    /** Trailers are put into the map of the head's fields, with names and values that no head may have. */
    static void trailers() throws Exception {
        HttpHandler handler = exchange -> exchange.getRequestReceiver().receiveFullString((done, body) -> {
            StringBuilder seen = new StringBuilder();
            done.getRequestHeaders().forEach(field -> seen.append(field.getHeaderName()).append(": ")
                    .append(String.join(", ", field).replace("\r", "\\r").replace("\n", "\\n")).append("\n    "));
            done.getResponseSender().send(seen.toString());
        });
        try (Server server = new Server(handler); Client client = new Client(server)) {
            client.headers(1, 0, "authorization", "Bearer of the head", ":method", "POST");
            client.send(DATA, 0, 1, "hello".getBytes(StandardCharsets.US_ASCII));
            client.block(HEADERS, END_STREAM | END_HEADERS, 1, "authorization", "Bearer of the trailers", "x-a",
                    "1\r\n\r\nGET /second HTTP/1.1\r\nHost: b");
            client.print(1);
        }
    }

    /** Fields that make a request malformed reach the handler. */
    static void fields() throws Exception {
        HttpHandler handler = exchange -> exchange.getResponseSender()
                .send("the handler ran, x-a is " + exchange.getRequestHeaders().getFirst("x-a").replace("\r", "\\r").replace("\n", "\\n"));
        for (String value : List.of("1\r\nX-B: 2", "1\nX-B: 2", "1\u0000", " 1")) {
            try (Server server = new Server(handler); Client client = new Client(server)) {
                client.headers(1, END_STREAM, "x-a", value);
                client.print(1);
            }
        }
    }

    /** A CONTINUATION frame is lost where it comes in a later read than its HEADERS frame. */
    static void continuation() throws Exception {
        HttpHandler handler = exchange -> exchange.getResponseSender().send("the handler saw x-last: " + exchange.getRequestHeaders().getFirst("x-last"));
        for (int pause : new int[] {0, 200}) {
            try (Server server = new Server(handler); Client client = new Client(server)) {
                byte[] first = client.encode(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a");
                byte[] last = client.encode("x-last", "1");
                System.out.println("  pause of " + pause + " ms between the two frames");
                if (pause == 0) {
                    ByteArrayOutputStream both = new ByteArrayOutputStream();
                    both.write(Client.frame(HEADERS, END_STREAM, 1, first));
                    both.write(Client.frame(CONTINUATION, END_HEADERS, 1, last));
                    client.write(both.toByteArray());
                } else {
                    client.send(HEADERS, END_STREAM, 1, first);
                    Thread.sleep(pause);
                    client.send(CONTINUATION, END_HEADERS, 1, last);
                }
                client.print(1);
            }
        }
    }

    /** DATA that was on its way when the server reset its stream ends the connection and all other streams. */
    static void dataAfterReset() throws Exception {
        Queue<HttpServerExchange> waiting = new ConcurrentLinkedQueue<>();
        HttpHandler handler = exchange -> {
            if (exchange.getRequestPath().equals("/other")) {
                waiting.add(exchange.dispatch());
            } else {
                exchange.getConnection().close();
            }
        };
        try (Server server = new Server(handler); Client client = new Client(server)) {
            client.headers(1, END_STREAM, ":path", "/other");
            client.headers(3, 0, ":method", "POST");
            client.print(3);
            client.send(DATA, 0, 3, new byte[100]);
            Thread.sleep(200);
            while (!waiting.isEmpty()) {
                waiting.remove().getResponseSender().send("the other stream's response");
            }
            client.print(1);
        }
    }

    /** The 128th field of one name closes the connection, without a frame. */
    static void manyFields() throws Exception {
        for (int count : new int[] {127, 128}) {
            try (Server server = new Server(exchange -> exchange.getResponseSender().send("served"), UndertowOptions.MAX_HEADERS, 1000);
                    Client client = new Client(server)) {
                String[] cookies = new String[2 * count];
                for (int at = 0; at < cookies.length; at += 2) {
                    cookies[at] = "cookie";
                    cookies[at + 1] = "a" + at;
                }
                System.out.println("  " + count + " fields of one name");
                client.headers(1, END_STREAM, cookies);
                client.print(1);
            }
        }
    }

    /** What is an error of one stream ends the connection, or is no error at all. */
    static void streamErrors() throws Exception {
        String[][] wrong = {
            {"content-length", "abc"}, {"content-length", "5"}, {"", "empty name"}, {"x-a", "1", ":path", "/late"}, {"X-Upper", "1"},
            {"connection", "close"}, {"transfer-encoding", "chunked"}
        };
        for (String[] fields : wrong) {
            Queue<HttpServerExchange> waiting = new ConcurrentLinkedQueue<>();
            HttpHandler handler = exchange -> {
                if (exchange.getRequestPath().equals("/other")) {
                    waiting.add(exchange.dispatch());
                } else {
                    exchange.getResponseSender().send("served");
                }
            };
            try (Server server = new Server(handler); Client client = new Client(server)) {
                System.out.println("  " + String.join(" ", fields));
                client.headers(1, END_STREAM, ":path", "/other");
                client.block(HEADERS, END_STREAM | END_HEADERS, 3,
                        concatenated(new String[] {":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"}, fields));
                client.print(3);
                while (!waiting.isEmpty()) {
                    waiting.remove().getResponseSender().send("the other stream's response");
                }
                client.print(1);
            }
        }
    }

    /** The limit of concurrent streams is announced, and not enforced. */
    static void concurrentStreams() throws Exception {
        AtomicInteger running = new AtomicInteger();
        HttpHandler handler = exchange -> {
            running.incrementAndGet();
            exchange.dispatch();
        };
        try (Server server = new Server(handler, UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 10); Client client = new Client(server)) {
            for (int stream = 1; stream < 2000; stream += 2) {
                client.headers(stream, END_STREAM);
            }
            Thread.sleep(1000);
            System.out.println("  announced: 10; opened: 1000; in the handler at once: " + running);
        }
    }

    /** 200 cancelled uploads are abuse, however many others were served; cancelled requests without a body are never counted. */
    static void cancelledStreams() throws Exception {
        cancelled("uploads", 0, 300, 20);
        cancelled("requests without a body", END_STREAM, 20_000, 0);
    }

    private static void cancelled(String what, int flags, int most, int servedForEach) throws Exception {
        HttpHandler handler = exchange -> {
            if (exchange.getRequestPath().equals("/wait")) {
                exchange.dispatch();
            } else {
                exchange.getResponseSender().send("served");
            }
        };
        try (Server server = new Server(handler); Client client = new Client(server)) {
            client.headers(1, END_STREAM, ":path", "/wait");
            int stream = 3;
            int cancelled = 0;
            int served = 0;
            boolean open = true;
            while (open && cancelled < most) {
                for (int count = 0; open && count < servedForEach; count++, stream += 2) {
                    client.headers(stream, END_STREAM);
                    open = client.ended(stream);
                    served += open ? 1 : 0;
                }
                client.headers(stream, flags, ":path", "/wait");
                client.send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
                stream += 2;
                cancelled++;
            }
            client.headers(stream, END_STREAM);
            System.out.println("  " + what + ": after " + served + " streams served and " + cancelled + " cancelled the connection "
                    + (client.ended(stream) ? "serves on" : "has ended"));
        }
    }

    /** A client's GOAWAY, which says that it opens no more streams, breaks off those that it has opened. */
    static void clientGoAway() throws Exception {
        Queue<HttpServerExchange> waiting = new ConcurrentLinkedQueue<>();
        try (Server server = new Server(exchange -> waiting.add(exchange.dispatch())); Client client = new Client(server)) {
            client.headers(1, END_STREAM);
            await(waiting);
            client.send(GOAWAY, 0, 0, new byte[8]);
            Thread.sleep(200);
            waiting.remove().getResponseSender().send("the response");
            client.print(1);
        }
    }

    /** A stop sends no GOAWAY: the client cannot know which requests were served. */
    static void stop() throws Exception {
        Queue<HttpServerExchange> waiting = new ConcurrentLinkedQueue<>();
        try (Server server = new Server(exchange -> waiting.add(exchange.dispatch())); Client client = new Client(server)) {
            client.headers(1, END_STREAM);
            await(waiting);
            server.undertow.stop();
            client.print(1);
        }
    }

    private static void await(Queue<?> queue) throws InterruptedException {
        while (queue.isEmpty()) {
            Thread.sleep(10);
        }
    }

    private static String[] concatenated(String[] first, String[] second) {
        String[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Undertow on a free port, with HTTP/2 in clear text. */
    private static final class Server implements AutoCloseable {
        final Undertow undertow;

        Server(HttpHandler handler) {
            this(handler, UndertowOptions.ENABLE_HTTP2, true);
        }

        <T> Server(HttpHandler handler, org.xnio.Option<T> option, T value) {
            undertow = Undertow.builder()
                    .addHttpListener(0, "127.0.0.1", handler)
                    .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                    .setServerOption(option, value)
                    .build();
            undertow.start();
        }

        int port() {
            return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
        }

        @Override
        public void close() {
            undertow.stop();
        }
    }

    /** A connection that sends frames as they are given, and prints those that come. */
    private static final class Client implements AutoCloseable {
        record Frame(int type, int flags, int stream, byte[] payload) {}

        private final Socket socket;
        private final OutputStream out;
        private final DataInputStream in;
        private final HpackDecoder decoder = new HpackDecoder(4096);

        Client(Server server) throws IOException {
            socket = new Socket("127.0.0.1", server.port());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(3000);
            out = socket.getOutputStream();
            in = new DataInputStream(socket.getInputStream());
            write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            send(SETTINGS, 0, 0, new byte[0]);
        }

        /** A request's head; the pseudo-headers that are not given are those of GET /. */
        void headers(int stream, int flags, String... fields) throws IOException {
            Map<String, String> pseudo = new LinkedHashMap<>(Map.of(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"));
            List<String> others = new java.util.ArrayList<>();
            for (int at = 0; at < fields.length; at += 2) {
                if (fields[at].startsWith(":")) {
                    pseudo.put(fields[at], fields[at + 1]);
                } else {
                    others.addAll(List.of(fields[at], fields[at + 1]));
                }
            }
            List<String> all = new java.util.ArrayList<>();
            pseudo.forEach((name, value) -> all.addAll(List.of(name, value)));
            all.addAll(others);
            block(HEADERS, flags | END_HEADERS, stream, all.toArray(String[]::new));
        }

        void block(int type, int flags, int stream, String... fields) throws IOException {
            send(type, flags, stream, encode(fields));
        }

        /** Literal fields that are never indexed (RFC 7541 6.2.3). */
        byte[] encode(String... fields) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            for (int at = 0; at < fields.length; at += 2) {
                block.write(0x10);
                string(block, fields[at]);
                string(block, fields[at + 1]);
            }
            return block.toByteArray();
        }

        private static void string(ByteArrayOutputStream block, String text) {
            if (text.length() > 126) {
                throw new IllegalArgumentException("too long for one octet of length");
            }
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        static byte[] frame(int type, int flags, int stream, byte[] payload) {
            return ByteBuffer.allocate(9 + payload.length)
                    .put((byte) (payload.length >> 16)).put((byte) (payload.length >> 8)).put((byte) payload.length)
                    .put((byte) type).put((byte) flags).putInt(stream).put(payload).array();
        }

        void send(int type, int flags, int stream, byte[] payload) throws IOException {
            write(frame(type, flags, stream, payload));
        }

        void write(byte[] bytes) throws IOException {
            try {
                out.write(bytes);
                out.flush();
            } catch (SocketException closed) {
                System.out.println("  cannot send: " + closed.getMessage());
            }
        }

        /** The next frame; null at the end of the connection. */
        Frame next() throws IOException {
            try {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = new byte[length];
                in.readFully(payload);
                return new Frame(type, flags, stream, payload);
            } catch (EOFException | SocketException closed) {
                return null;
            }
        }

        /** Reads until that stream has ended; prints a GOAWAY, and returns false, where the connection ends first. */
        boolean ended(int stream) throws IOException {
            for (Frame frame = next(); frame != null && frame.type() != GOAWAY; frame = next()) {
                if (frame.stream() == stream && (frame.flags() & END_STREAM) != 0 && frame.type() <= HEADERS) {
                    return true;
                }
            }
            return false;
        }

        /** Prints what comes until that stream has ended, the connection has, or nothing has come for 3 s. */
        void print(int stream) throws IOException {
            try {
                for (Frame frame = next(); frame != null; frame = next()) {
                    if (frame.type() == DATA || frame.type() == HEADERS || frame.type() == RST_STREAM || frame.type() == GOAWAY) {
                        System.out.println("  " + text(frame));
                    }
                    boolean ends = frame.type() == RST_STREAM || (frame.type() == DATA || frame.type() == HEADERS) && (frame.flags() & END_STREAM) != 0;
                    if (frame.stream() == stream && ends) {
                        return;
                    }
                }
                System.out.println("  the connection has ended");
            } catch (SocketTimeoutException silence) {
                System.out.println("  nothing for 3 s");
            }
        }

        String text(Frame frame) throws IOException {
            String text = FRAMES.get(frame.type()) + " of stream " + frame.stream();
            ByteBuffer payload = ByteBuffer.wrap(frame.payload());
            switch (frame.type()) {
                case DATA:
                    return text + ": " + new String(frame.payload(), StandardCharsets.US_ASCII);
                case RST_STREAM:
                    return text + ", error " + payload.getInt();
                case GOAWAY:
                    return text + ", last stream " + payload.getInt() + ", error " + payload.getInt();
                case HEADERS:
                    TreeSet<String> fields = new TreeSet<>();
                    decoder.setHeaderEmitter((name, value, never) -> fields.add(name + ": " + value));
                    try {
                        decoder.decode(payload, true);
                    } catch (Exception broken) {
                        throw new IOException(broken);
                    }
                    return text + ": " + fields;
                default:
                    return text;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
