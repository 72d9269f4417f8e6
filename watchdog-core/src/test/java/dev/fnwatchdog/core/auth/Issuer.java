package dev.fnwatchdog.core.auth;

import dev.fnwatchdog.core.config.JwtConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** An authority on a free port; the test determines every byte that it sends. Each connection carries one request. */
final class Issuer implements AutoCloseable {
    /** The issuer that it names in its document: not its URL. */
    static final String NAME = "https://gateway.example.com";

    /** Sends a response once a request has been read; then the connection is closed. */
    interface Response {
        void send(OutputStream to) throws Exception;
    }

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final AtomicInteger keyReads = new AtomicInteger();
    private final AtomicInteger otherReads = new AtomicInteger();

    // Mutable state
    private volatile Response document = response("");
    private volatile Response keys = response("");

    private Issuer(ServerSocket server) {
        this.server = server;
    }

    static Issuer publishing(SigningKey... keys) throws IOException {
        Issuer issuer = new Issuer(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
        issuer.document(response("{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(NAME, issuer.url())));
        issuer.publish(keys);
        issuer.threads.execute(issuer::accept);
        return issuer;
    }

    static Response response(String body) {
        return response("200 OK", "", body);
    }

    static Response response(String status, String headers, String body) {
        return to -> to.write("HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                .formatted(status, headers, body.length(), body)
                .getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the same piece of a body again and again, without end. */
    static Response endless(String piece, long pauseNanos) {
        return to -> {
            to.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            while (!Thread.interrupted()) {
                to.write(piece.getBytes(StandardCharsets.UTF_8));
                LockSupport.parkNanos(pauseNanos);
            }
        };
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException | RejectedExecutionException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            String request = String.valueOf(in.readLine());
            while (!String.valueOf(in.readLine()).isEmpty()) {
                // the rest of the head
            }
            responseTo(request.split(" ", -1)[1]).send(connection.getOutputStream());
        } catch (Exception ended) {
            // The client has closed the connection, or this issuer is closed.
        }
    }

    private Response responseTo(String path) {
        switch (path) {
            case "/.well-known/openid-configuration" -> {
                return document;
            }
            case "/keys" -> {
                keyReads.incrementAndGet();
                return keys;
            }
            default -> {
                otherReads.incrementAndGet();
                return response("404 Not Found", "", "");
            }
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    JwtConfig config() {
        return new JwtConfig(url(), false, "env", "openfaas-fn");
    }

    JwtConfig debugging() {
        return new JwtConfig(url(), true, "env", "openfaas-fn");
    }

    void document(Response response) {
        document = response;
    }

    void publish(SigningKey... published) {
        publish(Arrays.stream(published).map(SigningKey::jwk).toArray(String[]::new));
    }

    void publish(String... jwks) {
        keys(response("{\"keys\":[" + Arrays.stream(jwks).collect(Collectors.joining(",")) + "]}"));
    }

    void keys(Response response) {
        keys = response;
    }

    /** How often its key set has been requested. */
    int keyReads() {
        return keyReads.get();
    }

    /** How often a path other than those of the document and the key set has been requested. */
    int otherReads() {
        return otherReads.get();
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
