package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.limit.ConcurrencyLimit;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.inproc.functionpath.FunctionClassLoader;
import dev.fnwatchdog.undertow.internal.inproc.functionpath.FunctionPath;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs the function inside the watchdog's own JVM (specification 5).
 *
 * <p>Threads: any.
 */
public final class InprocMode implements Mode {
    private final ModeConfig.Inproc mode;
    private final WatchdogConfig config;
    private final MemoryBudget memory;
    private final @Nullable Object given;
    private final WatchdogLog log;
    private final ClassLoader loader;
    private final ConcurrencyLimit permits;
    private final ExecutorService threads = HandlerThreads.start();
    private final AtomicBoolean stopped = new AtomicBoolean();

    // Mutable state, written once, at startup
    private volatile @Nullable InprocHandler handler;

    public InprocMode(ModeConfig.Inproc mode, ModeContext context) {
        this.mode = mode;
        this.config = context.config();
        this.memory = context.bodies();
        this.given = context.handler();
        this.log = context.log();
        context.registry().includeFunction(log::warn);
        int maxWaiting = config.maxWaiting() == 0 ? Integer.MAX_VALUE : config.maxWaiting();
        this.permits = new ConcurrencyLimit(mode.concurrency(), maxWaiting);
        this.loader = mode.functionPath().isEmpty()
                ? contextLoader()
                : FunctionClassLoader.of(FunctionPath.of(mode.functionPath()));
    }

    private static ClassLoader contextLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? InprocMode.class.getClassLoader() : context;
    }

    @Override
    public void start() throws FunctionFailedException {
        Thread thread = Thread.currentThread();
        ClassLoader previous = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            handler = load();
        } finally {
            thread.setContextClassLoader(previous);
        }
    }

    private InprocHandler load() throws FunctionFailedException {
        HandlerContext handlerContext =
                new HandlerContext(log, config.timeouts().exec(), permits, threads, loader);
        FunctionLoader functionLoader = new FunctionLoader(mode, handlerContext, memory, config.temporaryDirectory());
        return given == null ? functionLoader.load() : functionLoader.load(given);
    }

    @Override
    public HttpHandler handler() {
        InprocHandler started = handler;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started.requestHandler();
    }

    @Override
    public boolean ready() {
        return handler != null;
    }

    @Override
    public int waiting() {
        return permits.waiting();
    }

    @Override
    public void refuseWaiting() {
        permits.close();
    }

    @Override
    public boolean full() {
        return permits.isReached();
    }

    @Override
    public CompletionStage<Termination> ended() {
        return new CompletableFuture<>();
    }

    /** Interrupts running requests, then closes the function within the grace period (specification 5.24). */
    @Override
    public void stop(Duration grace) {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        threads.shutdownNow();
        InprocHandler started = handler;
        if (started != null) {
            close(started, grace);
        }
        try {
            if (loader instanceof FunctionClassLoader own) {
                own.close();
            }
        } catch (IOException e) {
            log.error("Cannot close function_path", e);
        }
    }

    private void close(InprocHandler started, Duration grace) {
        Thread closing = new Thread(() -> closeNow(started), "watchdog-close");
        closing.setDaemon(true);
        closing.setContextClassLoader(loader);
        closing.start();
        try {
            if (!grace.isZero()) {
                closing.join(grace.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closing.isAlive()) {
            closing.interrupt();
            log.error(
                    grace.isZero()
                            ? "The handler was not closed: there was no time left"
                            : "The handler did not close within " + GoDuration.format(grace));
        }
    }

    @SuppressWarnings("CatchingUnchecked") // stopping continues whatever the function throws
    private void closeNow(InprocHandler started) {
        try {
            started.close();
        } catch (Throwable failure) {
            log.error("The handler failed while closing", failure);
        }
    }

    @Override
    public void kill() {
        threads.shutdownNow();
    }
}
