package dev.fnwatchdog.undertow;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An authority on a free port that signs tokens with Ed25519. */
final class TokenIssuer implements AutoCloseable {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger keyReads = new AtomicInteger();
    private final KeyPair first = newPair();
    private final KeyPair second = newPair();

    // Mutable state
    private volatile boolean rotated;
    private volatile CountDownLatch answers = new CountDownLatch(0);

    private TokenIssuer(HttpServer server) {
        this.server = server;
    }

    static TokenIssuer start() throws IOException {
        TokenIssuer issuer =
                new TokenIssuer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64));
        issuer.server.setExecutor(issuer.threads);
        issuer.server.createContext(
                "/.well-known/openid-configuration",
                exchange -> send(exchange, "{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/keys\"}".formatted(issuer.url())));
        issuer.server.createContext("/keys", issuer::sendKeys);
        issuer.server.start();
        return issuer;
    }

    private static KeyPair newPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private void sendKeys(HttpExchange exchange) throws IOException {
        keyReads.incrementAndGet();
        try {
            answers.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        String keys = rotated ? jwk("second", second) : jwk("first", first);
        send(exchange, "{\"keys\":[" + keys + "]}");
    }

    private static void send(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String jwk(String id, KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"%s\",\"x\":\"%s\"}"
                .formatted(id, BASE64.encodeToString(point));
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The settings of a function {@code openfaas-fn:env} that asks for this authority's tokens, and further ones. */
    String[] settings(String... more) {
        String[] own = {
            "jwt_auth", "true", "jwt_auth_authority", url(), "OPENFAAS_NAME", "env", "OPENFAAS_NAMESPACE", "openfaas-fn"
        };
        String[] all = Arrays.copyOf(own, own.length + more.length);
        System.arraycopy(more, 0, all, own.length, more.length);
        return all;
    }

    /** A request with these lines beside its host. */
    static String get(String path, String... headerLines) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\n"
                + Stream.of(headerLines).map(line -> line + "\r\n").collect(Collectors.joining())
                + "\r\n";
    }

    /** The line that brings a token. */
    static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    /** From now on another key is published, and the first one is not. */
    void rotate() {
        rotated = true;
    }

    /** From now on the key set is answered only once {@code allowed} has come to its end. */
    void hold(CountDownLatch allowed) {
        answers = allowed;
    }

    int keyReads() {
        return keyReads.get();
    }

    /** A good token of the first key. */
    String token() {
        return token("first", first, "openfaas-fn:env", 600);
    }

    /** A good token of the second key. */
    String newToken() {
        return token("second", second, "openfaas-fn:*", 600);
    }

    String tokenFor(String permission) {
        return token("first", first, permission, 600);
    }

    String expiredToken() {
        return token("first", first, "*", -600);
    }

    String forgedToken() {
        return token("first", second, "*", 600);
    }

    private String token(String id, KeyPair pair, String permission, long seconds) {
        String header = "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"%s\"}".formatted(id);
        String claims =
                "{\"iss\":\"%1$s\",\"aud\":\"%1$s\",\"sub\":\"fed:alice\",\"exp\":%2$d,\"function\":{\"permissions\":[\"%3$s\"]}}"
                        .formatted(url(), Instant.now().getEpochSecond() + seconds, permission);
        String signed = base64(header) + "." + base64(claims);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
