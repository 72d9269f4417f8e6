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

/** An authority on a free port, whose every byte the test decides; each connection carries one request. */
final class Issuer implements AutoCloseable {
    /** What it calls itself; not its URL. */
    static final String NAME = "https://gateway.example.com";

    /** What is sent once a request has been read; the connection is closed then. */
    interface Reply {
        void send(OutputStream to) throws Exception;
    }

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final AtomicInteger keyReads = new AtomicInteger();
    private final AtomicInteger otherReads = new AtomicInteger();

    // Mutable state
    private volatile Reply document = answering("");
    private volatile Reply keys = answering("");

    private Issuer(ServerSocket server) {
        this.server = server;
    }

    static Issuer publishing(SigningKey... keys) throws IOException {
        Issuer issuer = new Issuer(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
        issuer.document(answering("{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(NAME, issuer.url())));
        issuer.publish(keys);
        issuer.threads.execute(issuer::accept);
        return issuer;
    }

    static Reply answering(String body) {
        return answering("200 OK", "", body);
    }

    static Reply answering(String status, String headers, String body) {
        return to -> to.write("HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                .formatted(status, headers, body.length(), body)
                .getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a body that never ends, a piece after the other. */
    static Reply endless(String piece, long pauseNanos) {
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
                // the head's other lines
            }
            reply(request.split(" ", -1)[1]).send(connection.getOutputStream());
        } catch (Exception ended) {
            // The other side has seen enough.
        }
    }

    private Reply reply(String path) {
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
                return answering("404 Not Found", "", "");
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

    void document(Reply reply) {
        document = reply;
    }

    void publish(SigningKey... published) {
        publish(Arrays.stream(published).map(SigningKey::jwk).toArray(String[]::new));
    }

    void publish(String... jwks) {
        keys(answering("{\"keys\":[" + Arrays.stream(jwks).collect(Collectors.joining(",")) + "]}"));
    }

    void keys(Reply reply) {
        keys = reply;
    }

    /** How often its key set has been asked for. */
    int keyReads() {
        return keyReads.get();
    }

    /** How often it has been asked for anything that nobody should want. */
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
