package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.auth.Authorizer;
import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.LockFile;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.health.WaitStrategy;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.Exposition;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.core.metrics.RequestMetrics;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.internal.connection.Listener;
import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.handler.JwtHandler;
import dev.fnwatchdog.undertow.internal.handler.RequestGuard;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import dev.fnwatchdog.undertow.internal.probe.Availability;
import dev.fnwatchdog.undertow.internal.probe.MetricsHandler;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioWorker;

/**
 * What a running watchdog consists of: put together in one place, started in order, and taken apart in the reverse one.
 *
 * <p>Threads: any.
 */
final class WatchdogServer implements Shutdown.Steps {
    private static final Duration FUNCTION_GRACE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration METRICS_DRAIN = Duration.ofSeconds(1);
    private static final long WORKER_END_SECONDS = 2;

    private final WatchdogConfig config;
    private final WatchdogBuilder.OwnedLog ownedLog;
    private final WatchdogLog log;
    private final Availability availability;
    private final MetricsRegistry registry = new MetricsRegistry();
    private final XnioWorker worker;
    private final IoLoops loops;
    private final MemoryBudget memory;
    private final Listener listener;
    private final Listener metricsListener;
    private final Mode mode;
    private final Shutdown shutdown;
    private final AtomicBoolean released = new AtomicBoolean();
    private final CompletableFuture<String> functionEnded = new CompletableFuture<>();

    // Mutable state
    private volatile @Nullable Authorizer authoriser;

    private WatchdogServer(WatchdogBuilder settings, WatchdogBuilder.OwnedLog ownedLog, XnioWorker worker)
            throws IOException {
        this.config = settings.config();
        this.ownedLog = ownedLog;
        this.log = ownedLog.log();
        this.worker = worker;
        this.availability =
                new Availability(new LockFile(LockFile.in(config.temporaryDirectory())), settings.writesLockFile());
        ByteBufferPool buffers = settings.buffers();
        this.loops = new IoLoops(worker, buffers);
        MemoryShares shares = settings.memory();
        ModeContext context = new ModeContext(
                config,
                settings.environment(),
                log,
                registry,
                worker,
                buffers,
                shares.bodies(),
                settings.passesDescriptors());
        this.mode = settings.isReplaceable() ? new ReplaceableMode(Modes::create, context) : Modes.create(context);
        this.memory = shares.total();
        Listener.Limits limits = new Listener.Limits(config.timeouts().read(), config.http2MaxStreams(), shares);
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

    /** Its threads. */
    XnioWorker worker() {
        return worker;
    }

    /** What belongs to its IO threads. */
    IoLoops loops() {
        return loops;
    }

    /** Buffers as a watchdog needs them: outside the heap, and as many as are asked for. */
    static ByteBufferPool newBuffers() {
        return new IoBuffers(
                IoBuffers.USUAL_SIZE, IoWorker.ioThreads(), Runtime.getRuntime().maxMemory());
    }

    static WatchdogServer start(WatchdogBuilder settings) throws IOException, FunctionFailedException {
        WatchdogBuilder.OwnedLog log = settings.openLog();
        XnioWorker worker = IoWorker.start();
        WatchdogServer running = null;
        boolean started = false;
        try {
            running = new WatchdogServer(settings, log, worker);
            running.begin();
            started = true;
            return running;
        } finally {
            if (!started) {
                if (running != null) {
                    running.availability.stop();
                    running.listener.close();
                    running.metricsListener.close();
                    running.mode.stop(Duration.ZERO);
                    running.closeAuthoriser();
                }
                end(worker);
                log.close();
            }
        }
    }

    /** Closes all that is open on it, and returns when its threads have ended. */
    private static void end(XnioWorker worker) {
        worker.shutdown();
        try {
            if (!worker.awaitTermination(WORKER_END_SECONDS, TimeUnit.SECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void begin() throws IOException, FunctionFailedException {
        logSettings();
        mode.ended().thenAccept(this::functionGone);
        // Before the function is started: it would only be stopped again where no keys can be read.
        UnaryOperator<HttpHandler> authorisation = startAuthoriser();
        mode.start();
        RequestMetrics metrics = new RequestMetrics(registry);
        HttpHandler root =
                new HandlerChain(config, log, metrics, availability, mode, loops, memory, authorisation).root();
        listener.serve(new RequestGuard(root), Invocation::clientDisconnected);
        log.info("Listening on port: " + port());
        metricsListener.serve(
                new RequestGuard(new MetricsHandler(new Exposition(registry), log)), Invocation::clientDisconnected);
        log.info("Metrics listening on port: " + metricsPort());
        availability.begin(log, port());
    }

    private UnaryOperator<HttpHandler> startAuthoriser() throws IOException {
        if (!config.jwtAuth()) {
            return UnaryOperator.identity();
        }
        Authorizer started = Authorizer.start(config.jwt(), log);
        authoriser = started;
        return next -> new JwtHandler(next, started, config.timeouts().exec());
    }

    private void closeAuthoriser() {
        Authorizer started = authoriser;
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
        config.warnings().forEach(log::warn);
    }

    /** The function's end is the watchdog's, but for an end that was asked for. */
    private void functionGone(String words) {
        if (!availability.stopping()) {
            log.error("Forked function has terminated: " + words);
            functionEnded.complete(words);
        }
    }

    int port() {
        return listener.port();
    }

    int metricsPort() {
        return metricsListener.port();
    }

    CompletionStage<String> functionEnded() {
        return functionEnded;
    }

    /** The function's versions, where the builder was told that there will be more of them. */
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

    /** Whatever is still open is closed: the sequence before this has given everybody his time. */
    private void release() {
        availability.stopped();
        listener.close();
        metricsListener.close();
        end(worker);
        closeAuthoriser();
        ownedLog.close();
    }

    @Override
    public void refuseProbes() {
        availability.stop();
        listener.connections().stop();
        metricsListener.connections().stop();
    }

    @Override
    public void closeListener() {
        try {
            listener.drain();
        } catch (InterruptedException e) {
            // Whoever interrupts is in a hurry: the steps are all taken, without waiting.
            Thread.currentThread().interrupt();
        }
    }

    /** The last scrape shows the function's end, so that this port closes last; who waits there gets a response too. */
    private void drainMetrics() {
        ServedConnections scrapes = metricsListener.connections();
        try {
            metricsListener.drain();
            WaitStrategy.polling(POLL).await(scrapes::drained, METRICS_DRAIN);
        } catch (InterruptedException e) {
            // As above.
            Thread.currentThread().interrupt();
        }
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
        mode.stop(FUNCTION_GRACE);
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
