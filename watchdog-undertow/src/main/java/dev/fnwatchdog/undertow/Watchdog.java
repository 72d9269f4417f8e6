package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A server watchdog: an HTTP server in front of one function.
 *
 * <p>Any number of them run in one JVM, each with its own ports, threads, metrics and function. None sets a system property
 * or installs a signal handler; a lock file is written only when the builder is told to.
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
 * <p>Threads: any may call it.
 */
public final class Watchdog implements AutoCloseable {
    private final WatchdogServer server;

    Watchdog(WatchdogServer server) {
        this.server = server;
    }

    WatchdogServer server() {
        return server;
    }

    /** A builder for a watchdog with these settings. */
    public static WatchdogBuilder builder(WatchdogConfig config) {
        return new WatchdogBuilder(config);
    }

    static Watchdog start(WatchdogBuilder builder) throws IOException, FunctionFailedException {
        return new Watchdog(WatchdogServer.start(builder));
    }

    /** The port that calls come to, 1–65535; a free one was taken where the setting is 0. */
    public int port() {
        return server.port();
    }

    /** The port of {@code /metrics}, 1–65535. */
    public int metricsPort() {
        return server.metricsPort();
    }

    /**
     * Completes when the function of http mode has ended by itself, with its words for it ({@code exit status 1}, {@code
     * signal: killed}); never in a mode without such a function, nor while the watchdog stops.
     */
    public CompletionStage<String> functionEnded() {
        return server.functionEnded();
    }

    /** The function's versions, where there may be more than one. */
    Optional<ReplaceableMode> replaceable() {
        return server.replaceable();
    }

    /**
     * Stops as a signal would (contract 7), and blocks until that is done.
     *
     * @return the exit status that a program around it should end with: 0, or 128 plus the number of the second signal
     */
    public int stop(Shutdown.Cause cause) {
        return server.stop(cause);
    }

    /**
     * Stops without the wait for {@code healthcheck_interval}: calls in flight end, at the longest for {@code write_timeout},
     * then the function is stopped. Blocks until all is over; a second call does nothing.
     */
    @Override
    public void close() {
        stop(Shutdown.Cause.CLOSE);
    }
}
