package dev.fnwatchdog.undertow.internal.reload;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.WaitStrategy;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import dev.fnwatchdog.undertow.internal.mode.ModeFactory;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A function under development: newer versions of it take its place while calls are served. A call ends in the version in
 * which it began. Where two versions cannot run side by side, as in http mode, where both would listen on one port, new calls
 * wait until the older one has ended its own and the newer one listens.
 *
 * <p>Threads: {@link #replace} and {@link #fail} belong to one thread, and block; everything else to any.
 */
public final class ReplaceableMode implements Mode {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private final ModeFactory factory;
    private final ModeContext context;
    private final Timeouts timeouts;
    /** Those that may still run: the latest, the next while it gets ready, and older ones with calls of their own. */
    private final Set<FunctionVersion> versions = ConcurrentHashMap.newKeySet();
    /** Held while a version starts, so that who stops the function finds its process. */
    private final ReentrantLock starting = new ReentrantLock();

    // Mutable state
    private volatile FunctionVersion latest;
    private volatile @Nullable HttpHandler instead;
    private volatile boolean stopping;

    /** @param context of the first version */
    public ReplaceableMode(ModeFactory factory, ModeContext context) {
        this.factory = factory;
        this.context = context;
        this.timeouts = context.config().timeouts();
        this.latest = new FunctionVersion(factory.create(context));
        versions.add(latest);
    }

    /** The function as it is from now on. Whatever keeps it from being called is told in the log and to those who call. */
    public void replace(WatchdogConfig config, Map<String, String> environment) throws InterruptedException {
        FunctionVersion old = latest;
        HeldRequests held = new HeldRequests();
        boolean alone = config.mode() instanceof ModeConfig.Http;
        String failure = "The next version of the function could not be started.";
        try {
            if (alone) {
                instead = held::hold;
                // Whoever calls waits for those who have called before, so that they do not wait for ever.
                retire(old, timeouts.write());
                old.awaitStopped();
            }
            latest = started(config, environment);
            instead = null;
            failure = "";
            watch(latest);
            context.log().info("Serving the next version of the function");
        } catch (InvalidConfigException | FunctionFailedException e) {
            failure = String.valueOf(e.getMessage());
            context.log().error(failure);
        } finally {
            if (!failure.isEmpty()) {
                fail(failure);
            }
            held.release(this::serve);
        }
        if (!alone && latest != old) {
            retire(old, longestCall());
        }
    }

    private Duration longestCall() {
        if (timeouts.exec().isZero()) {
            return WaitStrategy.MAX;
        }
        return timeouts.exec().compareTo(timeouts.write()) > 0 ? timeouts.exec() : timeouts.write();
    }

    private FunctionVersion started(WatchdogConfig config, Map<String, String> environment)
            throws FunctionFailedException, InterruptedException {
        Mode mode = factory.create(context.renewed(config, environment));
        FunctionVersion version = new FunctionVersion(mode);
        start(version);
        CompletableFuture<String> ended = mode.ended().toCompletableFuture();
        WaitStrategy.polling(POLL).await(() -> stopping || mode.ready() || ended.isDone(), timeouts.write());
        return version;
    }

    private void start(FunctionVersion version) throws FunctionFailedException {
        boolean started = false;
        starting.lock();
        try {
            if (stopping) {
                throw new FunctionFailedException(
                        "The next version of the function is not started: the watchdog stops");
            }
            version.mode().start();
            started = true;
            versions.add(version);
        } finally {
            starting.unlock();
            if (!started) {
                version.mode().stop(Duration.ZERO);
            }
        }
    }

    private void watch(FunctionVersion version) {
        version.mode().ended().thenAccept(words -> gone(version, words));
    }

    private void retire(FunctionVersion old, Duration limit) {
        versions.removeIf(FunctionVersion::stopped);
        old.retire(limit, GRACE);
    }

    /** The version that there is stays, for the calls in flight; others are told the reason. */
    public void fail(String reason) {
        instead = new FailurePage(reason);
    }

    private void gone(FunctionVersion version, String words) {
        if (!stopping && !version.retired()) {
            context.log().error("Forked function has terminated: " + words);
            instead = new FailurePage(
                    "The function has ended: " + words + ". It is started again when a change is saved.");
        }
    }

    private void serve(HttpServerExchange exchange) throws Exception {
        HttpHandler other = instead;
        if (other != null) {
            other.handleRequest(exchange);
            return;
        }
        FunctionVersion version = latest;
        if (!version.beginRequest()) {
            // It has just been retired: what comes after it is known already.
            serve(exchange);
            return;
        }
        Invocation.of(exchange).atEnd(version::endRequest);
        version.mode().handler().handleRequest(exchange);
    }

    @Override
    public HttpHandler handler() {
        return this::serve;
    }

    @Override
    public void start() throws FunctionFailedException {
        latest.mode().start();
        watch(latest);
    }

    @Override
    public boolean ready() {
        return instead == null && latest.mode().ready();
    }

    /** A function that ends is told to those who call it, and does not end the watchdog: the next version may do better. */
    @Override
    public CompletionStage<String> ended() {
        return new CompletableFuture<>();
    }

    @Override
    public void stop(Duration grace) {
        refuseVersions(grace);
        versions.forEach(FunctionVersion::abandonRequests);
        versions.forEach(version -> version.stop(grace));
    }

    @Override
    public void kill() {
        refuseVersions(AT_ONCE);
        versions.forEach(version -> version.mode().kill());
    }

    /** From here on no version starts that is not known. One whose own code never gets done has no process to lose. */
    private void refuseVersions(Duration limit) {
        stopping = true;
        try {
            if (starting.tryLock(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                starting.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
