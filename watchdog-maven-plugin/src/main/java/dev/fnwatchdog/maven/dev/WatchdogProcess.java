package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.WatchdogFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.lang.ProcessBuilder.Redirect;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A watchdog in a JVM of its own, which does not outlive this one: its standard input is a pipe from here, and the end of that
 * is the end of the watchdog, however this JVM ends.
 *
 * <p>Threads: any, one at a time but for {@link #stop}.
 */
public final class WatchdogProcess {
    /** For one that nobody can have called yet, such as one that waits for a debugger. */
    private static final Duration STOP_BEFORE_SERVING = Duration.ofSeconds(2);

    private static final long POLL_MILLIS = 10;

    private final WatchdogLaunch launch;
    private final Process process;
    private final Thread hook = new Thread(this::stopNow, "watchdog-stop");

    // Mutable state
    private volatile boolean serving;

    private WatchdogProcess(WatchdogLaunch launch, Process process) {
        this.launch = launch;
        this.process = process;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Starts a watchdog.
     *
     * @param log where its standard output and error go
     */
    public static WatchdogProcess start(WatchdogLaunch launch, Redirect log) throws IOException {
        Files.createDirectories(launch.report().getParent());
        Files.deleteIfExists(launch.report());
        ProcessBuilder builder = new ProcessBuilder(launch.command())
                .directory(launch.directory().toFile())
                .redirectOutput(log)
                .redirectError(log);
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        return new WatchdogProcess(launch, builder.start());
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Its exit status, once it has ended. */
    int exitStatus() {
        return process.exitValue();
    }

    /** Where it serves. */
    public record Ports(int port, int metricsPort) {
        public String url() {
            return "http://localhost:" + port;
        }
    }

    /**
     * Waits until calls are served.
     *
     * @throws WatchdogFailedException where it ends, or does not get there within {@code limit}
     */
    Ports awaitPorts(Duration limit) throws WatchdogFailedException, InterruptedException {
        return awaitPorts(System.nanoTime(), limit);
    }

    private Ports awaitPorts(long start, Duration limit) throws WatchdogFailedException, InterruptedException {
        while (!Files.exists(launch.report())) {
            check(start, limit, "did not begin to serve within %d s".formatted(limit.toSeconds()));
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        serving = true;
        Properties ports = new Properties();
        try (Reader reader = Files.newBufferedReader(launch.report())) {
            ports.load(reader);
        } catch (IOException e) {
            throw new WatchdogFailedException("its ports cannot be read from " + launch.report(), e);
        }
        return new Ports(
                Integer.parseInt(ports.getProperty("port")), Integer.parseInt(ports.getProperty("metrics_port")));
    }

    /** Waits, within the same limit, until {@code /_/ready} says that the function is ready, too. */
    public Ports awaitReady(Duration limit) throws WatchdogFailedException, InterruptedException {
        long start = System.nanoTime();
        Ports ports = awaitPorts(start, limit);
        while (!ReadyCheck.of(ports.port())) {
            check(
                    start,
                    limit,
                    "was not ready (%s/_/ready) within watchdog.startTimeout=%d seconds"
                            .formatted(ports.url(), limit.toSeconds()));
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return ports;
    }

    private void check(long start, Duration limit, String failure) throws WatchdogFailedException {
        if (!process.isAlive()) {
            throw new WatchdogFailedException(
                    "the watchdog ended with exit status %d, and its log says why".formatted(process.exitValue()));
        }
        if (System.nanoTime() - start > limit.toNanos()) {
            throw new WatchdogFailedException("the watchdog " + failure);
        }
    }

    /** Has it serve the function anew, with these variables in place of those that it has under the same names. */
    void replace(Map<String, String> changes) throws IOException {
        tell("replace "
                + changes.entrySet().stream()
                        .map(change -> escaped(change.getKey()) + "=" + escaped(change.getValue()))
                        .collect(Collectors.joining("&")));
    }

    /** Has it answer all calls with this reason, until the function is replaced. */
    void fail(String reason) throws IOException {
        tell("fail " + escaped(reason));
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void tell(String command) throws IOException {
        OutputStream input = process.getOutputStream();
        try {
            input.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            // One that has ended says more by its exit status.
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    /** Ends it, calls in flight first, and blocks until it has ended; it is killed when that takes too long. */
    public void stop() {
        stopNow();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ignored) {
            // The JVM ends already, and the hook runs, or has.
        }
    }

    private void stopNow() {
        try {
            process.getOutputStream().close();
        } catch (IOException ignored) {
            // It has ended before.
        }
        try {
            Duration limit = serving ? launch.stopTimeout() : STOP_BEFORE_SERVING;
            if (process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    /** Ends it and all that it started, at once. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
