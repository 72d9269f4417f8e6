import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.StatusCodes;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/** Faults around XNIO's accepting and its threads: {@code java -cp JARS XnioFaults.java [CASE...]}. */
public final class XnioFaults {
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    interface Case {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("descriptors", XnioFaults::descriptors);
        cases.put("close", XnioFaults::close);
        cases.put("memory", XnioFaults::memory);
        for (String name : arguments.length == 0 ? cases.keySet() : List.of(arguments)) {
            System.out.println("== " + name);
            cases.get(name).run();
        }
        System.exit(0);
    }

    /** Once descriptors have run out for a while, nothing is accepted for up to 30 s after there are some again. Start it under {@code ulimit -n 1000}. */
    static void descriptors() throws Exception {
        Undertow undertow = Undertow.builder().addHttpListener(0, "127.0.0.1", exchange -> exchange.getResponseSender().send("served")).build();
        undertow.start();
        int port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
        System.out.println("  before: served in " + served(port) + " ms");
        // The clients' own sockets come first: what is missing are descriptors for the server.
        List<SocketChannel> clients = new ArrayList<>();
        List<Closeable> held = new ArrayList<>();
        for (int count = 0; count < 20; count++) {
            clients.add(SocketChannel.open());
        }
        try {
            while (true) {
                held.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException none) {
            System.out.println("  " + held.size() + " more descriptors are open, then: " + none.getMessage());
        }
        for (SocketChannel client : clients) {
            client.connect(new InetSocketAddress("127.0.0.1", port));
        }
        Thread.sleep(8000);
        for (Closeable each : held) {
            each.close();
        }
        for (SocketChannel each : clients) {
            each.close();
        }
        System.out.println("  after 8 s without, and all closed: served in " + served(port) + " ms");
        undertow.stop();
    }

    private static long served(int port) throws IOException {
        long begin = System.nanoTime();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(REQUEST);
            socket.getInputStream().read();
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    /** Closing an accepting channel resets the connections that the kernel has completed and XNIO has not yet accepted. */
    static void close() throws Exception {
        int rounds = 20;
        AtomicInteger lost = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        for (int round = 0; round < rounds; round++) {
            XnioWorker worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 2));
            HttpOpenListener listener = new HttpOpenListener(new DefaultByteBufferPool(true, 16 * 1024), OptionMap.create(UndertowOptions.NO_REQUEST_TIMEOUT, 60_000));
            listener.setRootHandler(exchange -> exchange.setStatusCode(StatusCodes.OK).getResponseSender().send("served"));
            AcceptingChannel<StreamConnection> port = worker.createStreamConnectionServer(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ChannelListeners.openListenerAdapter(listener), OptionMap.create(Options.BACKLOG, 1000));
            port.resumeAccepts();
            InetSocketAddress address = port.getLocalAddress(InetSocketAddress.class);
            List<Thread> clients = new ArrayList<>();
            for (int count = 0; count < 16; count++) {
                Thread client = new Thread(() -> requests(address, served, lost));
                clients.add(client);
                client.start();
            }
            Thread.sleep(300);
            IoUtils.safeClose(port);
            for (Thread client : clients) {
                client.join();
            }
            worker.shutdownNow();
            worker.awaitTermination(5, TimeUnit.SECONDS);
        }
        System.out.println("  " + rounds + " stops: " + served + " requests served, " + lost + " connections that were complete and got no response");
    }

    /** Requests, each on a connection of its own, until a connection is refused. */
    private static void requests(InetSocketAddress address, AtomicInteger served, AtomicInteger lost) {
        while (true) {
            try (Socket socket = new Socket()) {
                try {
                    socket.connect(address);
                } catch (IOException refused) {
                    return;
                }
                socket.setSoTimeout(5000);
                socket.getOutputStream().write(REQUEST);
                (socket.getInputStream().read() < 0 ? lost : served).incrementAndGet();
            } catch (IOException reset) {
                lost.incrementAndGet();
            }
        }
    }

    /** An OutOfMemoryError closes one connection, and is logged nowhere. Start it with {@code -Xmx64m}. */
    static void memory() throws Exception {
        Undertow undertow = Undertow.builder()
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 1 << 20)
                .addHttpListener(0, "127.0.0.1", exchange -> exchange.getResponseSender().send("served"))
                .build();
        undertow.start();
        int port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
        System.out.println("  before: served in " + served(port) + " ms; threads " + threads());
        byte[] head = ("POST / HTTP/1.1\r\nHost: a\r\nx-a: " + "x".repeat(1_000_000)).getBytes(StandardCharsets.US_ASCII);
        List<Thread> clients = new ArrayList<>();
        AtomicInteger closed = new AtomicInteger();
        for (int count = 0; count < 100; count++) {
            Thread client = new Thread(() -> {
                try (Socket socket = new Socket("127.0.0.1", port)) {
                    socket.setSoTimeout(5000);
                    socket.getOutputStream().write(head);
                    socket.getInputStream().read();
                } catch (SocketTimeoutException expected) {
                    // The head has no end.
                    return;
                } catch (IOException reset) {
                    // Counted below.
                }
                closed.incrementAndGet();
            });
            clients.add(client);
            client.start();
        }
        for (Thread client : clients) {
            client.join(15_000);
        }
        System.out.println("  of 100 clients with heads of 1 MB " + closed + " were closed");
        Thread.sleep(1000);
        System.out.println("  afterwards: threads " + threads());
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(REQUEST);
            System.out.println("  afterwards: " + (socket.getInputStream().read() < 0 ? "closed without a response" : "served"));
        } catch (IOException none) {
            System.out.println("  afterwards: " + none.getMessage());
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith("XNIO")).sorted().toList();
    }
}
