package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.LogReceiver;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.InvalidMetricsSettingsException;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.core.metrics.MetricsSettings;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.FunctionServer;
import dev.fnwatchdog.undertow.internal.devpage.DevelopmentPages;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Configures and starts a {@link Watchdog}.
 *
 * <pre>{@code
 * WatchdogConfig config =
 *         WatchdogConfig.builder().inproc().port(0).metricsPort(0).build();
 * try (Watchdog watchdog = Watchdog.builder(config)
 *         .handler(exchange -> exchange.getResponseSender().send("hello\n"))
 *         .start()) {
 *     System.out.println("http://localhost:" + watchdog.port());
 * }
 * }</pre>
 *
 * <p>Threads: one.
 */
public final class WatchdogBuilder {
    private final WatchdogConfig config;
    private Map<String, String> environment = FunctionServer.inheritedEnvironment();
    private boolean lockFile;
    private @Nullable WatchdogLog log;
    private @Nullable LogReceiver logReceiver;
    private @Nullable ByteBufferPool buffers;
    private @Nullable MemoryShares memory;
    private boolean passesDescriptors = true;
    private ReplaceableMode.@Nullable FirstVersion firstVersion;
    private DevelopmentPages.Access access = DevelopmentPages.Access.NONE;
    private @Nullable Object handler;
    private @Nullable PrometheusRegistry metrics;

    WatchdogBuilder(WatchdogConfig config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    /**
     * Sets the environment of the function process; the default is the environment of this process.
     *
     * @param variables all variables, by their names
     * @return this builder
     */
    public WatchdogBuilder environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /**
     * Sets the log; the default is this process's standard output and error.
     *
     * @param destination a log, which the program closes after the watchdog
     * @return this builder
     */
    public WatchdogBuilder log(WatchdogLog destination) {
        log = Objects.requireNonNull(destination, "destination");
        logReceiver = null;
        return this;
    }

    /**
     * Passes the log lines of the watchdog and of its function to a receiver, in place of this process's standard output and error
     * (specification 6.16).
     *
     * @param receiver gets each line
     * @return this builder
     */
    public WatchdogBuilder log(LogReceiver receiver) {
        log = null;
        logReceiver = Objects.requireNonNull(receiver, "receiver");
        return this;
    }

    /**
     * Writes the lock file and makes health depend on it, unless {@code suppress_lock} is set (specification 2.20). Off by
     * default, because two watchdogs of one JVM would share the file.
     *
     * @return this builder
     */
    public WatchdogBuilder lockFile() {
        lockFile = true;
        return this;
    }

    /**
     * Sets the function of inproc mode, in place of a class in the settings (specification 5.5).
     *
     * @param function a handler, which the program closes after the watchdog, if it has to be closed
     * @return this builder
     * @throws IllegalStateException if the mode is not inproc, or if the settings name a function
     */
    public WatchdogBuilder handler(HttpHandler function) {
        return function(function);
    }

    /**
     * Sets a servlet as the function, as {@link #handler(HttpHandler)} does for a handler.
     *
     * @param function a servlet; its {@code init} runs when the watchdog starts, and its {@code destroy} when the watchdog stops
     * @return this builder
     * @throws IllegalStateException if the mode is not inproc, or if the settings name a function
     */
    public WatchdogBuilder handler(Servlet function) {
        return function(function);
    }

    /**
     * Sets an object of the OpenFaaS model as the function, as {@link #handler(HttpHandler)} does for a handler.
     *
     * @param function a {@code com.openfaas.model.IHandler}, of the version that the program uses
     * @return this builder
     * @throws IllegalStateException if the mode is not inproc, or if the settings name a function
     */
    public WatchdogBuilder handler(Object function) {
        return function(function);
    }

    private WatchdogBuilder function(Object function) {
        if (!(config.mode() instanceof ModeConfig.Inproc inproc)) {
            throw new IllegalStateException("a handler can be set in mode inproc only, and the mode is "
                    + config.mode().name());
        }
        if (!inproc.handler().isEmpty() || !inproc.functionPath().isEmpty()) {
            throw new IllegalStateException("a handler is set, and the settings name another: %s"
                    .formatted(inproc.handler().isEmpty() ? "function_path" : "handler=" + inproc.handler()));
        }
        handler = Objects.requireNonNull(function, "function");
        return this;
    }

    /**
     * Sets the registry of the watchdog's metrics; the default is a new registry.
     *
     * <p>The page {@code /metrics} contains all metrics that the program registers there. The registry also contains the watchdog's
     * metrics until the watchdog stops, but not those of the process and of the JVM. Two watchdogs cannot share a registry,
     * because their metrics have the same names.
     *
     * @param registry a registry of the program
     * @return this builder
     */
    public WatchdogBuilder metrics(PrometheusRegistry registry) {
        metrics = Objects.requireNonNull(registry, "registry");
        return this;
    }

    /**
     * Binds the ports, starts the function, and returns when requests are served.
     *
     * @return the running watchdog, which the program has to close
     * @throws FunctionFailedException if the function cannot be started; the message contains the command
     * @throws IOException if a port cannot be bound, the lock file cannot be written, or a setting of the Prometheus library is
     *     invalid; the message names the port, the file or the setting
     * @throws IllegalArgumentException if the registry of {@link #metrics} already has a metric with the name of a watchdog's metric
     */
    public Watchdog start() throws IOException, FunctionFailedException {
        return new Watchdog(WatchdogServer.start(this));
    }

    /** Sets the pool of its buffers, which a test can count; the default is a pool of its own. */
    WatchdogBuilder buffers(ByteBufferPool pool) {
        buffers = pool;
        return this;
    }

    /** Sets the memory that clients can occupy; the default is a share of this JVM's heap. */
    WatchdogBuilder memory(MemoryShares shares) {
        memory = shares;
        return this;
    }

    /** Copies process input and output on threads, as on systems where processes cannot open the watchdog's pipes. */
    WatchdogBuilder withoutDescriptors() {
        passesDescriptors = false;
        return this;
    }

    /**
     * Allows the function to be replaced by a newer version while requests are served (specification 7.26).
     *
     * @param pages who can see the pages for its developer
     */
    WatchdogBuilder replaceable(ReplaceableMode.FirstVersion first, DevelopmentPages.Access pages) {
        firstVersion = first;
        access = pages;
        return this;
    }

    DevelopmentPages.Access access() {
        return access;
    }

    /** Returns what there is of a replaceable function's first version; empty if the function is never replaced. */
    Optional<ReplaceableMode.FirstVersion> firstVersion() {
        return Optional.ofNullable(firstVersion);
    }

    boolean passesDescriptors() {
        return passesDescriptors;
    }

    /** Returns the shares that everything started with this builder has in common. */
    MemoryShares memory() {
        if (memory == null) {
            memory = MemoryShares.forJvm(Runtime.getRuntime());
        }
        return memory;
    }

    /** Returns the instance that is the function of inproc mode; null where its class is found by the settings. */
    @Nullable
    Object handler() {
        return handler;
    }

    WatchdogConfig config() {
        return config;
    }

    Map<String, String> environment() {
        return environment;
    }

    boolean writesLockFile() {
        return lockFile && config.lockFile();
    }

    ByteBufferPool buffers() {
        return buffers == null ? WatchdogServer.newBuffers() : buffers;
    }

    MetricsRegistry metricsRegistry() throws InvalidMetricsSettingsException {
        MetricsSettings settings = MetricsSettings.load();
        return metrics == null ? new MetricsRegistry(settings) : new MetricsRegistry(settings, metrics);
    }

    /** Returns the log to write to, and whether the watchdog has to close it. */
    OwnedLog openLog() {
        if (log != null) {
            return new OwnedLog(log, false);
        }
        LogReceiver receiver = logReceiver;
        return new OwnedLog(
                receiver == null ? WatchdogLog.toStandardStreams(config.log()) : WatchdogLog.to(config.log(), receiver),
                true);
    }

    record OwnedLog(WatchdogLog log, boolean owned) {
        void close() {
            if (owned) {
                log.close();
            }
        }
    }
}
