package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A function's server whose every byte the test decides: each connection is handed to the test's script. */
final class ScriptedFunction implements AutoCloseable {
    /** What the function does with one connection; it is closed when this returns. */
    interface Script {
        void serve(RawClient connection) throws Exception;
    }

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "scripted-function");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger connections = new AtomicInteger();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    private volatile String lastHead = "";

    private ScriptedFunction(ServerSocket server) {
        this.server = server;
    }

    /** Serves each connection, from its first byte on, with {@code script}. Connections that send nothing are not counted. */
    static ScriptedFunction serving(Script script) throws IOException {
        return servingOn(0, script);
    }

    /** As {@link #serving}, on a port that the test knows beforehand. */
    static ScriptedFunction servingOn(int port, Script script) throws IOException {
        ScriptedFunction function = new ScriptedFunction(new ServerSocket(port, 128, InetAddress.getLoopbackAddress()));
        function.threads.execute(() -> function.accept(script));
        return function;
    }

    /** Answers every request on every connection with the same bytes, once its head has been read. */
    static ScriptedFunction answering(String response) throws IOException {
        return serving(connection -> {
            while (true) {
                String head = connection.readHead();
                connection.read(RawClient.contentLength(head));
                connection.send(response);
            }
        });
    }

    /** Answers every request with its own head. */
    static ScriptedFunction echoingHeads() throws IOException {
        AtomicReference<ScriptedFunction> self = new AtomicReference<>();
        ScriptedFunction function = serving(connection -> {
            while (true) {
                String head = connection.readHead();
                Objects.requireNonNull(self.get()).lastHead = head;
                connection.read(RawClient.contentLength(head));
                String body = head.startsWith("HEAD ") ? "" : head;
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(head.length(), body));
            }
        });
        self.set(function);
        return function;
    }

    /** The head that {@link #echoingHeads()} answered last. */
    String lastHead() {
        return lastHead;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Connections that carried a request so far; the watchdog's look at the port is none. */
    int connections() {
        return connections.get();
    }

    private void accept(Script script) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                threads.execute(() -> serve(socket, script));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket, Script script) {
        try (RawClient connection = new RawClient(socket)) {
            if (connection.awaitFirstByte()) {
                connections.incrementAndGet();
                script.serve(connection);
            }
        } catch (Exception ended) {
            // The watchdog has closed the connection: a script reads until it does.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
