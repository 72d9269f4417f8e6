package dev.fnwatchdog.core.process.training;

import dev.fnwatchdog.core.config.ModeConfig;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The requests that have a watchdog load what it needs for its first ones.
 *
 * <p>Threads: blocks, and may be interrupted.
 */
public final class TrainingRequests {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 20;
    private static final HttpRequest.BodyPublisher NO_BODY = HttpRequest.BodyPublishers.noBody();

    // Not through the proxy that properties of the JVM may name.
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(PATIENCE)
            .build();
    private final WatchdogStart.Ports ports;

    public TrainingRequests(WatchdogStart.Ports ports) {
        this.ports = ports;
    }

    /**
     * Sends them. A function that is the real one gets none but those for {@code paths}, because the user has not
     * permitted others.
     *
     * @param paths paths to request by GET in addition
     * @throws IOException if the watchdog does not respond, or not as it should
     */
    public void send(ModeConfig mode, List<String> paths) throws IOException, InterruptedException {
        awaitReady();
        expectOk("GET", ports.requests(), "/_/health", NO_BODY);
        if (!(mode instanceof ModeConfig.Inproc)) {
            // The folder of static mode may have no index.html.
            boolean served = !(mode instanceof ModeConfig.Static);
            for (int i = 0; i < 2; i++) {
                check("GET", "/", status("GET", ports.requests(), "/", NO_BODY), served);
            }
            check(
                    "POST",
                    "/",
                    status("POST", ports.requests(), "/", HttpRequest.BodyPublishers.ofString("trained\n")),
                    served);
        }
        for (String path : paths) {
            status("GET", ports.requests(), path, NO_BODY);
        }
        expectOk("GET", ports.metrics(), "/metrics", NO_BODY);
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (status("GET", ports.requests(), "/_/ready", NO_BODY) != HttpURLConnection.HTTP_OK) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("the watchdog is not ready after %d s".formatted(PATIENCE.toSeconds()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private void expectOk(String method, int port, String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        check(method, path, status(method, port, path, body), true);
    }

    private static void check(String method, String path, int status, boolean expected) throws IOException {
        if (expected && status != HttpURLConnection.HTTP_OK) {
            throw new IOException("%s %s is %d".formatted(method, path, status));
        }
    }

    private int status(String method, int port, String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .method(method, body)
                .timeout(PATIENCE)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
