package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A running watchdog: an HTTP server in front of one function.
 *
 * <p>One JVM can run any number of watchdogs, each with its own ports, threads, metrics and function. A watchdog does not set
 * system properties or install signal handlers, and it writes a lock file only if the builder requests it (specification 1.24).
 *
 * <pre>{@code
 * WatchdogConfig config = WatchdogConfig.builder()
 *         .http(URI.create("http://127.0.0.1:3000"))
 *         .function("node server.js")
 *         .port(0)
 *         .metricsPort(0)
 *         .build();
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

    /**
     * {@return a builder for a watchdog with these settings}
     *
     * @param config the settings, for example of {@link WatchdogConfig#builder()}
     */
    public static WatchdogBuilder builder(WatchdogConfig config) {
        return new WatchdogBuilder(config);
    }

    /** {@return the port for requests, 1–65535; the chosen port if the setting is 0} */
    public int port() {
        return server.port();
    }

    /** {@return the port of {@code /metrics}, 1–65535} */
    public int metricsPort() {
        return server.metricsPort();
    }

    /**
     * {@return a stage that completes when the function process of http mode ends by itself, with its exit status or the signal
     * that ended it} The stage never completes in the other modes, nor because the watchdog stops.
     */
    public CompletionStage<Termination> functionEnded() {
        return server.functionEnded();
    }

    /** Returns the replaceable mode, where the function may have more than one version. */
    Optional<ReplaceableMode> replaceable() {
        return server.replaceable();
    }

    /**
     * Stops the watchdog as on a signal (specification 7.5, 7.9, 7.10, 7.11). Blocks until it has stopped.
     *
     * @param cause the signal, which determines whether requests are served for {@code healthcheck_interval} first
     * @return the exit status for the program around it: 0, or 128 plus the number of the second signal
     */
    public int stop(Shutdown.Cause cause) {
        return server.stop(cause);
    }

    /**
     * Stops the watchdog without the wait for {@code healthcheck_interval}; a second call has no effect. Requests in flight have
     * up to {@code write_timeout} to complete, then the function is stopped. Blocks until the watchdog has stopped.
     */
    @Override
    public void close() {
        stop(Shutdown.Cause.CLOSE);
    }
}
