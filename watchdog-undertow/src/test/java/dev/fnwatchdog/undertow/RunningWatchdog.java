package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A real watchdog on free ports in http mode, in front of a function that the test plays itself. */
final class RunningWatchdog implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Watchdog watchdog;
    private final CapturedLog captured;
    private final HttpClient client = HttpClient.newHttpClient();

    private RunningWatchdog(Watchdog watchdog, CapturedLog captured) {
        this.watchdog = watchdog;
        this.captured = captured;
    }

    /**
     * Starts it in front of {@code function}, and returns when it is ready.
     *
     * @param settings pairs of names and values; they win over the fixture's own
     */
    static RunningWatchdog inFrontOf(ScriptedFunction function, String... settings) throws Exception {
        RunningWatchdog started = startedInFrontOf(function.port(), settings);
        Poll.until(PATIENCE, () -> started.get("/_/ready").statusCode() == 200);
        return started;
    }

    /** As {@link #inFrontOf}, without the wait: the function may be absent. */
    static RunningWatchdog startedInFrontOf(int functionPort, String... settings) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "mode", "http",
                "fprocess", "sleep 600",
                "http_upstream_url", "http://127.0.0.1:" + functionPort,
                "port", "0",
                "metrics_port", "0",
                "healthcheck_interval", "10ms",
                "write_timeout", "5s",
                "suppress_lock", "true"));
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        WatchdogConfig config = WatchdogConfig.parse(environment);
        CapturedLog captured = new CapturedLog();
        WatchdogLog log = WatchdogLog.start(config.log(), captured.output(), captured.errors());
        Watchdog watchdog = Watchdog.builder(config).log(log).start();
        return new RunningWatchdog(watchdog, captured);
    }

    Watchdog watchdog() {
        return watchdog;
    }

    int port() {
        return watchdog.port();
    }

    int metricsPort() {
        return watchdog.metricsPort();
    }

    /** What it has logged so far. */
    CapturedLog log() {
        return captured;
    }

    /** A connection of bare bytes. */
    RawClient connect() throws IOException {
        return RawClient.to(InetAddress.getLoopbackAddress(), port());
    }

    HttpResponse<String> get(String target) throws IOException, InterruptedException {
        return client.send(request(target).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + target))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(PATIENCE);
    }

    /** The page of the metrics port. */
    String metrics() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort() + "/metrics"))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        watchdog.close();
    }
}
