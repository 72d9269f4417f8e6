package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A server watchdog: an HTTP server in front of one function.
 *
 * <p>One JVM can run any number of them, each with its own ports, threads, metrics and function. None sets a system property or
 * installs a signal handler; a lock file is written only when the builder requests it (specification 1.24).
 *
 * <pre>{@code
 * WatchdogConfig config = WatchdogConfig.parse(Map.of(
 *         "mode", "http",
 *         "fprocess", "node server.js",
 *         "http_upstream_url", "http://127.0.0.1:3000",
 *         "port", "0",
 *         "metrics_port", "0"));
 * try (Watchdog watchdog = Watchdog.builder(config).start()) {
 *     System.out.println("http://localhost:" + watchdog.port());
 * }
 * }</pre>
 *
 * <p>Threads: any.
 */
public final class Watchdog implements AutoCloseable {
    private final WatchdogServer server;

    Watchdog(WatchdogServer server) {
        this.server = server;
    }

    WatchdogServer server() {
        return server;
    }

    /** Returns a builder for a watchdog with these settings. */
    public static WatchdogBuilder builder(WatchdogConfig config) {
        return new WatchdogBuilder(config);
    }

    static Watchdog start(WatchdogBuilder builder) throws IOException, FunctionFailedException {
        return new Watchdog(WatchdogServer.start(builder));
    }

    /** Returns the port for requests, 1–65535; a free one where the setting is 0. */
    public int port() {
        return server.port();
    }

    /** Returns the port of {@code /metrics}, 1–65535. */
    public int metricsPort() {
        return server.metricsPort();
    }

    /**
     * Returns a stage that completes when the function process of http mode has ended by itself, with its exit status or the
     * signal that ended it. It never completes in a mode without such a process, nor while the
     * watchdog stops.
     */
    public CompletionStage<Termination> functionEnded() {
        return server.functionEnded();
    }

    /** Returns the replaceable mode, where the function may have more than one version. */
    Optional<ReplaceableMode> replaceable() {
        return server.replaceable();
    }

    /**
     * Stops as on a signal (specification 7.5, 7.9, 7.10, 7.11), and blocks until that is done.
     *
     * @return the exit status for the program around it: 0, or 128 plus the number of the second signal
     */
    public int stop(Shutdown.Cause cause) {
        return server.stop(cause);
    }

    /**
     * Stops without the wait for {@code healthcheck_interval}; does nothing when called again. Requests in flight have up to
     * {@code write_timeout} to complete, then the function is stopped. Blocks until all has ended.
     */
    @Override
    public void close() {
        stop(Shutdown.Cause.CLOSE);
    }
}
