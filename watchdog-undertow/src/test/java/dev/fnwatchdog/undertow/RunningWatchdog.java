package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A real watchdog on free ports, in http mode in front of a function that the test plays itself, or in another mode. */
final class RunningWatchdog implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Map<String, String> OWN = Map.of(
            "port", "0",
            "metrics_port", "0",
            "healthcheck_interval", "10ms",
            "write_timeout", "5s",
            "suppress_lock", "true");

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Watchdog watchdog;
    private final WatchdogLog log;
    private final CapturedLog captured;
    private final CountingBuffers buffers;
    private final Set<Thread> others;
    private final FailedListeners listeners;

    // Mutable state
    private volatile boolean stopped;

    private RunningWatchdog(
            Watchdog watchdog,
            WatchdogLog log,
            CapturedLog captured,
            CountingBuffers buffers,
            Set<Thread> others,
            FailedListeners listeners) {
        this.watchdog = watchdog;
        this.log = log;
        this.captured = captured;
        this.buffers = buffers;
        this.others = others;
        this.listeners = listeners;
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
        return started(UnaryOperator.identity(), config(functionPort, settings));
    }

    /** With no more of its own than ports, times and no lock file; the settings name mode and function. */
    static RunningWatchdog started(UnaryOperator<WatchdogBuilder> more, String... settings) throws Exception {
        return started(more, parsed(new HashMap<>(OWN), settings));
    }

    private static RunningWatchdog started(UnaryOperator<WatchdogBuilder> more, WatchdogConfig config)
            throws Exception {
        Set<Thread> others = Thread.getAllStackTraces().keySet();
        CapturedLog captured = new CapturedLog();
        WatchdogLog log = WatchdogLog.start(config.log(), captured.output(), captured.errors());
        CountingBuffers buffers = new CountingBuffers(Running.newBuffers());
        // Writes it only where the settings ask for one.
        Watchdog watchdog = more.apply(
                        Watchdog.builder(config).log(log).buffers(buffers).lockFile())
                .start();
        return new RunningWatchdog(watchdog, log, captured, buffers, others, FailedListeners.watch());
    }

    /** In static mode, with the files of {@code folder}. */
    static RunningWatchdog serving(Path folder, String... settings) throws Exception {
        return startedInFrontOf(
                1,
                Stream.concat(Stream.of("mode", "static", "static_path", folder.toString()), Stream.of(settings))
                        .toArray(String[]::new));
    }

    /** In inproc mode, with a function of this class; returns when it is ready. */
    static RunningWatchdog around(Class<?> handler, String... settings) throws Exception {
        RunningWatchdog started = startedInFrontOf(
                1,
                Stream.concat(Stream.of("mode", "inproc", "handler", handler.getName()), Stream.of(settings))
                        .toArray(String[]::new));
        Poll.until(PATIENCE, () -> started.get("/_/ready").statusCode() == 200);
        return started;
    }

    /** The fixture's settings, and over them the test's. */
    static WatchdogConfig config(int functionPort, String... settings) {
        Map<String, String> environment = new HashMap<>(OWN);
        environment.putAll(Map.of(
                "mode", "http",
                "fprocess", "sleep 600",
                "http_upstream_url", "http://127.0.0.1:" + functionPort));
        return parsed(environment, settings);
    }

    private static WatchdogConfig parsed(Map<String, String> environment, String... settings) {
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        return WatchdogConfig.parse(environment);
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
        return CLIENT.send(request(target).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<byte[]> sendForBytes(HttpRequest request) throws IOException, InterruptedException {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
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
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** The value of a metric without labels. */
    double metric(String name) throws IOException, InterruptedException {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** The answer to a request that has a connection of its own. */
    String answerTo(String request) throws IOException {
        try (RawClient client = connect()) {
            return client.send(request).readResponse();
        }
    }

    /** Waits until no call is in flight, and no buffer is held for one. */
    void awaitIdle() {
        try {
            Poll.until(PATIENCE, () -> allBuffersAreBack() && metric("http_requests_in_flight") == 0);
        } catch (AssertionError notIdle) {
            buffers.missing().forEach(notIdle::addSuppressed);
            throw notIdle;
        }
    }

    private boolean allBuffersAreBack() {
        return buffers.missing().isEmpty() && watchdog.running().loops().largeBuffersTaken() == 0;
    }

    /** Stops it as a signal would, and returns the exit status. */
    int stop(Shutdown.Cause cause) {
        stopped = true;
        return watchdog.stop(cause);
    }

    /** Stops it, and fails where it has left something behind (a call, a buffer, a thread), or failed in a listener. */
    @Override
    public void close() {
        try {
            if (!stopped) {
                awaitIdle();
            }
        } finally {
            watchdog.close();
            log.close();
            listeners.close();
        }
        Poll.until(
                PATIENCE,
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("watchdog") && !others.contains(thread)));
        Poll.until(PATIENCE, this::allBuffersAreBack);
        listeners.assertNone();
    }
}
