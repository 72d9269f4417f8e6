package dev.fnwatchdog.core.process.training;

import dev.fnwatchdog.core.config.ModeConfig;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
        send(request(ports.requests(), "/_/health"), true);
        if (!(mode instanceof ModeConfig.Inproc)) {
            // The folder of static mode may have no index.html.
            boolean served = !(mode instanceof ModeConfig.Static);
            send(request(ports.requests(), "/"), served);
            send(request(ports.requests(), "/"), served);
            send(request(ports.requests(), "/").POST(BodyPublishers.ofString("trained\n")), served);
        }
        for (String path : paths) {
            send(request(ports.requests(), path), false);
        }
        send(request(ports.metrics(), "/metrics"), true);
    }

    private void awaitReady() throws IOException, InterruptedException {
        HttpRequest ready = request(ports.requests(), "/_/ready").build();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (status(ready) != HttpURLConnection.HTTP_OK) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("the watchdog is not ready after %d s".formatted(PATIENCE.toSeconds()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .timeout(PATIENCE);
    }

    /** @param required whether the request must succeed */
    private void send(HttpRequest.Builder builder, boolean required) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        int status = status(request);
        if (required && status != HttpURLConnection.HTTP_OK) {
            throw new IOException(
                    "%s %s is %d".formatted(request.method(), request.uri().getPath(), status));
        }
    }

    private int status(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
