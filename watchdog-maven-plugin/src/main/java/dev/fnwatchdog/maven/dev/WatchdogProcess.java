package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.WatchdogFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.lang.ProcessBuilder.Redirect;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A watchdog in a JVM of its own, which does not outlive this one. Its standard input is a pipe from this JVM, and it
 * stops when the pipe ends, however this JVM ends (specification 7.29).
 *
 * <p>Threads: any, one at a time except for {@link #stop}.
 */
public final class WatchdogProcess {
    /** The stop timeout while no request can have arrived, for example while the watchdog waits for a debugger. */
    private static final Duration STOP_BEFORE_SERVING = Duration.ofSeconds(2);

    private static final long POLL_MILLIS = 10;

    private final WatchdogLaunch launch;
    private final ClassCache classes;
    private final Process process;
    private final Thread hook;

    // Mutable state
    private volatile boolean serving;

    private WatchdogProcess(WatchdogLaunch launch, ClassCache classes, Process process, Runnable afterwards) {
        this.launch = launch;
        this.classes = classes;
        this.process = process;
        this.hook = new Thread(
                () -> {
                    stopNow();
                    afterwards.run();
                },
                "watchdog-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Starts a watchdog.
     *
     * @param log the file for its standard output and error
     */
    public static WatchdogProcess startLoggingTo(Path log, WatchdogLaunch launch) throws IOException {
        // One descriptor for both: two would have an offset each, and overwrite each other's lines.
        return start(launch, builder -> builder.redirectErrorStream(true).redirectOutput(log.toFile()), () -> {});
    }

    /**
     * Starts a watchdog whose standard output and error are those of this JVM.
     *
     * @param afterwards runs when the watchdog has ended because this JVM ends, as by Ctrl-C
     */
    static WatchdogProcess startOnTerminal(WatchdogLaunch launch, Runnable afterwards) throws IOException {
        return start(
                launch,
                builder -> builder.redirectOutput(Redirect.INHERIT).redirectError(Redirect.INHERIT),
                afterwards);
    }

    private static WatchdogProcess start(
            WatchdogLaunch launch, UnaryOperator<ProcessBuilder> redirection, Runnable afterwards) throws IOException {
        Files.createDirectories(launch.report().getParent());
        Files.deleteIfExists(launch.report());
        ClassCache classes = ClassCache.of(launch);
        ProcessBuilder builder = redirection.apply(new ProcessBuilder(launch.command(classes.prepare()))
                .directory(launch.directory().toFile()));
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        return new WatchdogProcess(launch, classes, builder.start(), afterwards);
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Returns the exit status; the process must have ended. */
    int exitStatus() {
        return process.exitValue();
    }

    /** The ports on which the watchdog serves. */
    public record Ports(int port, int metricsPort) {
        public String url() {
            return "http://localhost:" + port;
        }
    }

    /**
     * Waits until requests are served.
     *
     * @throws WatchdogFailedException if the watchdog ends, or does not serve within {@code timeout}
     */
    Ports awaitPorts(Duration timeout) throws WatchdogFailedException, InterruptedException {
        return awaitPorts(System.nanoTime(), timeout);
    }

    private Ports awaitPorts(long start, Duration timeout) throws WatchdogFailedException, InterruptedException {
        while (!Files.exists(launch.report())) {
            check(start, timeout, "did not begin to serve within %d s".formatted(timeout.toSeconds()));
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

    /** Waits, within one timeout, until requests are served and {@code /_/ready} succeeds. */
    public Ports awaitReady(Duration timeout) throws WatchdogFailedException, InterruptedException {
        long start = System.nanoTime();
        Ports ports = awaitPorts(start, timeout);
        while (!ReadyCheck.of(ports.port())) {
            check(
                    start,
                    timeout,
                    "was not ready (%s/_/ready) within watchdog.startTimeout=%d seconds"
                            .formatted(ports.url(), timeout.toSeconds()));
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return ports;
    }

    private void check(long start, Duration timeout, String failure) throws WatchdogFailedException {
        if (!process.isAlive()) {
            throw new WatchdogFailedException("the watchdog ended with exit status %d; its log contains the reason"
                    .formatted(process.exitValue()));
        }
        if (System.nanoTime() - start > timeout.toNanos()) {
            throw new WatchdogFailedException("the watchdog " + failure);
        }
    }

    /** Says where settings come from, for the page at {@code /_/dev} (specification 13.3). */
    void describeOrigins() throws IOException {
        if (!launch.origins().isEmpty()) {
            send("origins " + form(launch.origins()));
        }
    }

    /** Replaces the function by one with these variables changed (specification 7.26). */
    void replace(Map<String, String> changes) throws IOException {
        send("replace " + form(changes));
    }

    private static String form(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> escaped(pair.getKey()) + "=" + escaped(pair.getValue()))
                .collect(Collectors.joining("&"));
    }

    /**
     * Makes the response to all requests an error with this reason, until the function is replaced (specification
     * 7.28).
     */
    void fail(String reason) throws IOException {
        send("fail " + escaped(reason));
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void send(String command) throws IOException {
        OutputStream input = process.getOutputStream();
        try {
            input.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            // If the watchdog has ended, its exit status is the better message.
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    /** Stops the watchdog gracefully, and blocks until it has ended; if that takes too long, kills it. */
    public void stop() {
        stopNow();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ignored) {
            // The JVM is ending already, and the hook is running or has run.
        }
    }

    private void stopNow() {
        try {
            classes.beforeEnd();
        } catch (IOException ignored) {
            // The JVM says so when it cannot write the file either.
        }
        try {
            process.getOutputStream().close();
        } catch (IOException ignored) {
            // The watchdog has ended already.
        }
        try {
            Duration timeout = serving ? launch.stopTimeout() : STOP_BEFORE_SERVING;
            if (process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    /** Kills the watchdog and its descendants at once. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
