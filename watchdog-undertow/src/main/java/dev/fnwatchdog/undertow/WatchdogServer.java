package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.auth.Authorizer;
import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.LockFile;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.health.WaitStrategy;
import dev.fnwatchdog.core.limit.ConcurrencyLimit;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.Exposition;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.core.metrics.RequestMetrics;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.connection.Listener;
import dev.fnwatchdog.undertow.internal.devpage.DevelopmentPages;
import dev.fnwatchdog.undertow.internal.handler.JwtHandler;
import dev.fnwatchdog.undertow.internal.handler.RequestGuard;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import dev.fnwatchdog.undertow.internal.probe.Availability;
import dev.fnwatchdog.undertow.internal.probe.FunctionMetricsHandler;
import dev.fnwatchdog.undertow.internal.probe.MetricsHandler;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioWorker;

/**
 * The parts of a running watchdog: creates them, starts them in order, and stops them in reverse order.
 *
 * <p>Threads: any.
 */
final class WatchdogServer implements Shutdown.Steps {
    private static final Duration FUNCTION_GRACE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration METRICS_DRAIN = Duration.ofSeconds(1);
    /** The longest that responses to requests that still wait at the end of the drain may take. */
    private static final Duration LAST_REFUSALS = Duration.ofSeconds(1);

    private static final long WORKER_TERMINATION_SECONDS = 2;

    private final WatchdogConfig config;
    private final WatchdogBuilder.OwnedLog ownedLog;
    private final WatchdogLog log;
    private final Availability availability;
    private final MetricsRegistry registry;
    private final WatchdogMetrics metrics;
    private final XnioWorker worker;
    private final IoLoops loops;
    private final MemoryShares memory;
    private final ConcurrencyLimit limit;
    private final Listener listener;
    private final Listener metricsListener;
    private final Mode mode;
    private final Shutdown shutdown;
    private final AtomicBoolean released = new AtomicBoolean();
    private final CompletableFuture<Termination> functionEnded = new CompletableFuture<>();

    // Mutable state
    private volatile @Nullable Authorizer authorizer;

    private WatchdogServer(
            WatchdogBuilder settings, WatchdogBuilder.OwnedLog ownedLog, MetricsRegistry registry, XnioWorker worker)
            throws IOException {
        this.config = settings.config();
        this.ownedLog = ownedLog;
        this.log = ownedLog.log();
        this.worker = worker;
        this.registry = registry;
        this.availability =
                new Availability(new LockFile(LockFile.in(config.temporaryDirectory())), settings.writesLockFile());
        ByteBufferPool buffers = settings.buffers();
        this.loops = new IoLoops(worker, buffers);
        this.memory = settings.memory();
        ModeContext context = new ModeContext(
                config,
                settings.environment(),
                log,
                registry,
                worker,
                buffers,
                memory.bodies(),
                settings.passesDescriptors(),
                settings.handler());
        this.mode = settings.firstVersion().isPresent()
                ? new ReplaceableMode(
                        Modes::create,
                        context,
                        settings.firstVersion().get(),
                        new DevelopmentPages(settings.access(), Clock.systemUTC(), settings.environment()))
                : Modes.create(context);
        this.limit = new ConcurrencyLimit(config.maxInflight(), config.maxWaiting());
        this.metrics = new WatchdogMetrics(registry, log, config.maxInflight(), () -> limit.waiting() + mode.waiting());
        Listener.Limits limits = new Listener.Limits(config.timeouts().read(), config.http2MaxStreams(), memory);
        this.listener = Listener.bind(worker, buffers, config.port(), limits, log::error);
        this.metricsListener = bindMetrics(buffers, limits);
        this.shutdown = new Shutdown(
                this,
                WaitStrategy.polling(POLL),
                new Shutdown.Limits(
                        config.timeouts().healthcheck(), config.timeouts().write()),
                GoDuration::format);
    }

    private Listener bindMetrics(ByteBufferPool buffers, Listener.Limits limits) throws IOException {
        try {
            return Listener.bind(worker, buffers, config.metricsPort(), limits, log::error);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    /** Returns the worker whose threads serve. */
    XnioWorker worker() {
        return worker;
    }

    /** Returns the loops of its I/O threads. */
    IoLoops loops() {
        return loops;
    }

    /** Returns a pool of buffers outside the heap, without a limit on their number. */
    static IoBuffers newBuffers() {
        return new IoBuffers(
                IoBuffers.USUAL_SIZE, IoWorker.ioThreads(), Runtime.getRuntime().maxMemory());
    }

    static WatchdogServer start(WatchdogBuilder settings) throws IOException, FunctionFailedException {
        WatchdogBuilder.OwnedLog log = settings.openLog();
        XnioWorker worker = IoWorker.start();
        MetricsRegistry registry = null;
        WatchdogServer server = null;
        boolean started = false;
        try {
            registry = settings.metricsRegistry();
            server = new WatchdogServer(settings, log, registry, worker);
            server.begin();
            started = true;
            return server;
        } finally {
            if (!started) {
                if (server != null) {
                    server.availability.stop();
                    server.listener.close();
                    server.metricsListener.close();
                    server.mode.stop(Duration.ZERO);
                    server.closeAuthorizer();
                }
                if (registry != null) {
                    registry.close();
                }
                terminate(worker);
                log.close();
            }
        }
    }

    /** Closes all channels of the worker, and returns when its threads have ended. */
    private static void terminate(XnioWorker worker) {
        worker.shutdown();
        try {
            if (!worker.awaitTermination(WORKER_TERMINATION_SECONDS, TimeUnit.SECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void begin() throws IOException, FunctionFailedException {
        logSettings();
        mode.ended().thenAccept(this::functionTerminated);
        // Before the function starts: where no keys can be read, it would only have to be stopped again.
        UnaryOperator<HttpHandler> authorisation = startAuthorizer();
        mode.start();
        HttpHandler root = new HandlerChain(
                        config,
                        log,
                        new RequestMetrics(registry),
                        metrics::timeoutExpired,
                        availability,
                        mode,
                        loops,
                        memory.total(),
                        limit,
                        authorisation,
                        replaceable().map(ReplaceableMode::pages).orElse(null))
                .root();
        listener.serve(new RequestGuard(root), Invocation::clientDisconnected);
        log.info("Listening on port: " + port());
        metricsListener.serve(
                new RequestGuard(new MetricsHandler(new Exposition(registry), functionMetrics(), log)),
                Invocation::clientDisconnected);
        log.info("Metrics listening on port: " + metricsPort());
        availability.begin(log, port());
        mode.whenReady(metrics::ready);
    }

    /** Returns the handler of {@code /metrics/function} (specification 2.17). */
    private HttpHandler functionMetrics() {
        return config.mode() instanceof ModeConfig.Http http
                        && !http.metricsPath().isEmpty()
                ? new FunctionMetricsHandler(mode, http.metricsPath(), this::beginScrape, memory.bodies(), log)
                : MetricsHandler.NOT_FOUND;
    }

    private Invocation beginScrape(HttpServerExchange exchange) {
        return Invocation.begin(exchange, loops.of(exchange), config.timeouts());
    }

    private UnaryOperator<HttpHandler> startAuthorizer() throws IOException {
        if (!config.jwtAuth()) {
            return UnaryOperator.identity();
        }
        Authorizer started = Authorizer.start(config.jwt(), log);
        authorizer = started;
        return next -> new JwtHandler(next, started, config.timeouts().exec());
    }

    private void closeAuthorizer() {
        Authorizer started = authorizer;
        if (started != null) {
            started.close();
        }
    }

    private void logSettings() {
        Timeouts timeouts = config.timeouts();
        log.info("Version: " + WatchdogVersion.text());
        log.info(config.mode().accept(new ModeDescription()));
        log.info("Timeouts: read: %s write: %s hard: %s health: %s"
                .formatted(
                        GoDuration.format(timeouts.read()),
                        GoDuration.format(timeouts.write()),
                        GoDuration.format(timeouts.exec()),
                        GoDuration.format(timeouts.healthcheck())));
        for (String warning : config.warnings()) {
            log.warn(warning);
        }
    }

    /** Ends the watchdog with the function process, except when the watchdog itself stops it (specification 3.47). */
    private void functionTerminated(Termination end) {
        if (!availability.stopping()) {
            log.error("Forked function has terminated: " + end.describe());
            functionEnded.complete(end);
        }
    }

    int port() {
        return listener.port();
    }

    int metricsPort() {
        return metricsListener.port();
    }

    CompletionStage<Termination> functionEnded() {
        return functionEnded;
    }

    /** Returns the replaceable mode, where the builder requested one. */
    Optional<ReplaceableMode> replaceable() {
        return mode instanceof ReplaceableMode versions ? Optional.of(versions) : Optional.empty();
    }

    int stop(Shutdown.Cause cause) {
        int status = shutdown.begin(cause);
        if (released.compareAndSet(false, true)) {
            if (status == 0) {
                drainMetrics();
            }
            release();
        }
        return status;
    }

    /** Closes everything that is still open, after the drain. */
    private void release() {
        availability.stopped();
        listener.close();
        metricsListener.close();
        terminate(worker);
        closeAuthorizer();
        registry.close();
        ownedLog.close();
    }

    @Override
    public void refuseProbes() {
        availability.stop();
        replaceable().ifPresent(versions -> versions.pages().stop());
        listener.connections().stop();
        metricsListener.connections().stop();
    }

    @Override
    public void closeListener() {
        drain(listener);
    }

    private static void drain(Listener listener) {
        try {
            listener.drain();
        } catch (InterruptedException e) {
            // An interrupt requests haste: take the remaining steps without waiting.
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Drains the metrics port last: a scrape that waits there gets its response, which shows the function's end
     * (specification 7.7).
     */
    private void drainMetrics() {
        drain(metricsListener);
        await(metricsListener.connections()::drained, METRICS_DRAIN);
    }

    @Override
    public int inFlight() {
        return listener.connections().requestsInFlight();
    }

    @Override
    public boolean drained() {
        return listener.connections().drained();
    }

    @Override
    public void stopFunction() {
        // First: a permit that the function's end releases would begin the next request.
        refuseWaitingRequests();
        mode.stop(FUNCTION_GRACE);
    }

    /** Refuses the requests that still wait at the end of the drain (specification 7.3). */
    private void refuseWaitingRequests() {
        int others = inFlight() - limit.waiting() - mode.waiting();
        limit.close();
        mode.refuseWaiting();
        await(() -> inFlight() <= others, LAST_REFUSALS);
    }

    private static void await(BooleanSupplier done, Duration limit) {
        try {
            WaitStrategy.polling(POLL).await(done, limit);
        } catch (InterruptedException e) {
            // As in drain: continue without waiting.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void killFunction() {
        mode.kill();
    }

    @Override
    public void log(String line) {
        log.info(line);
    }
}
