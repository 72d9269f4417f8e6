package dev.fnwatchdog.undertow.internal.reload;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.WaitStrategy;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.devpage.DevelopmentPages;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import dev.fnwatchdog.undertow.internal.mode.UpstreamClient;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function under development, which newer versions replace while requests are served (specification 7.26, 7.27). A request
 * ends in the version in which it began. In http mode two versions cannot run at once, because both would listen on one port:
 * new requests wait until the older version has ended its own requests and the newer one listens. The end of a function is not
 * that of the mode: it becomes the response to requests, and the next version may fix it.
 *
 * <p>Threads: {@link #replace} and {@link #fail} belong to one thread, and block; everything else to any.
 */
public final class ReplaceableMode implements Mode {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration KILL_LOCK_TIMEOUT = Duration.ofSeconds(1);

    /** Whether there is a version of the function at startup. */
    public enum FirstVersion {
        BUILT,
        /** It could not be built: no version is started before {@link #replace}, and the build tool sends the reason. */
        UNBUILT
    }

    private final Function<ModeContext, Mode> factory;
    private final ModeContext context;
    private final FirstVersion first;
    private final DevelopmentPages pages;
    private final Timeouts timeouts;
    /** The versions that may still run: the latest, a starting one, and older ones with requests in flight. */
    private final Set<FunctionVersion> versions = ConcurrentHashMap.newKeySet();
    /** Held while a version starts, so a shutdown does not miss its process. */
    private final ReentrantLock starting = new ReentrantLock();

    // Mutable state
    private volatile FunctionVersion latest;
    private volatile @Nullable HttpHandler substitute;
    private volatile boolean stopping;

    /**
     * Creates it, with a first version that is not started yet.
     *
     * @param factory creates a mode and starts nothing
     * @param context of the first version
     * @param pages that show each version and each failure
     */
    public ReplaceableMode(
            Function<ModeContext, Mode> factory, ModeContext context, FirstVersion first, DevelopmentPages pages) {
        this.factory = factory;
        this.context = context;
        this.first = first;
        this.pages = pages;
        this.timeouts = context.config().timeouts();
        this.latest = new FunctionVersion(factory.apply(context));
        versions.add(latest);
    }

    /** Replaces the function. A failure is logged and becomes the response to requests. */
    public void replace(WatchdogConfig config, Map<String, String> environment) throws InterruptedException {
        FunctionVersion old = latest;
        HeldRequests held = new HeldRequests();
        boolean exclusive = config.mode() instanceof ModeConfig.Http;
        String failure = "The next version of the function could not be started.";
        try {
            if (exclusive) {
                substitute = held::hold;
                // New requests wait for those in flight; the limit keeps them from waiting forever.
                retire(old, timeouts.write());
                old.awaitStopped();
            }
            latest = startVersion(config, environment);
            substitute = null;
            pages.serves(environment);
            failure = "";
            if (!latest.mode().ended().toCompletableFuture().isDone()) {
                context.log().info("Serving the next version of the function");
            }
            watch(latest);
        } catch (InvalidConfigException e) {
            failure = String.valueOf(e.getMessage());
            context.log().error(failure);
        } catch (FunctionFailedException e) {
            StartupFailure thrown = new StartupFailure(e);
            thrown.log(context.log());
            failure = thrown.report();
        } finally {
            if (!failure.isEmpty()) {
                fail(failure);
            }
            held.release(this::serve);
        }
        if (!exclusive && latest != old) {
            retire(old, maxRequestDuration());
        }
    }

    private Duration maxRequestDuration() {
        if (timeouts.exec().isZero()) {
            return WaitStrategy.MAX;
        }
        return timeouts.exec().compareTo(timeouts.write()) > 0 ? timeouts.exec() : timeouts.write();
    }

    private FunctionVersion startVersion(WatchdogConfig config, Map<String, String> environment)
            throws FunctionFailedException, InterruptedException {
        Mode mode = factory.apply(context.renewed(config, environment));
        FunctionVersion version = new FunctionVersion(mode);
        start(version);
        CompletableFuture<Termination> ended = mode.ended().toCompletableFuture();
        WaitStrategy.polling(POLL).await(() -> stopping || mode.ready() || ended.isDone(), timeouts.write());
        return version;
    }

    private void start(FunctionVersion version) throws FunctionFailedException {
        boolean started = false;
        starting.lock();
        try {
            if (stopping) {
                throw new FunctionFailedException(
                        "The next version of the function is not started: the watchdog is stopping");
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
        version.mode().ended().thenAccept(end -> functionTerminated(version, end.describe()));
    }

    private void retire(FunctionVersion old, Duration limit) {
        versions.removeIf(FunctionVersion::stopped);
        old.retire(limit, GRACE);
    }

    /** Responds to new requests with the reason. The latest version stays for the requests in flight. */
    public void fail(String reason) {
        substitute = pages.fails(reason);
    }

    private void functionTerminated(FunctionVersion version, String description) {
        if (!stopping && !version.retired()) {
            context.log().error("Forked function has terminated: " + description);
            if (substitute == null) {
                // Otherwise there is a reason already, such as the compiler's, that the user has to see first.
                fail("The function has ended: " + description + ". It is started again when a change is saved.");
            }
        }
    }

    private void serve(HttpServerExchange exchange) throws Exception {
        HttpHandler current = substitute;
        if (current != null) {
            current.handleRequest(exchange);
            return;
        }
        FunctionVersion version = latest;
        if (!version.beginRequest()) {
            // It was retired just now, after its successor became known.
            serve(exchange);
            return;
        }
        Invocation.of(exchange).atEnd(version::endRequest);
        version.mode().handler().handleRequest(exchange);
    }

    /** Returns the pages that show its versions. */
    public DevelopmentPages pages() {
        return pages;
    }

    @Override
    public HttpHandler handler() {
        return this::serve;
    }

    /** Never fails: a first version that cannot be started is replaced like any other. */
    @Override
    public void start() {
        if (first == FirstVersion.UNBUILT) {
            fail("The function has not been built.");
            return;
        }
        try {
            latest.mode().start();
            pages.serves(context.environment());
            watch(latest);
        } catch (FunctionFailedException e) {
            StartupFailure thrown = new StartupFailure(e);
            thrown.log(context.log());
            fail(thrown.report());
        }
    }

    @Override
    public boolean ready() {
        return substitute == null && latest.mode().ready();
    }

    @Override
    public void whenReady(Runnable action) {
        latest.mode().whenReady(action);
    }

    @Override
    public int waiting() {
        return versions.stream().mapToInt(version -> version.mode().waiting()).sum();
    }

    @Override
    public void refuseWaiting() {
        versions.forEach(version -> version.mode().refuseWaiting());
    }

    @Override
    public boolean full() {
        return latest.mode().full();
    }

    @Override
    public Optional<UpstreamClient> upstreamClient() {
        return latest.mode().upstreamClient();
    }

    @Override
    public void stop(Duration grace) {
        preventNewVersions(grace);
        versions.forEach(FunctionVersion::abandonRequests);
        versions.forEach(version -> version.stop(grace));
    }

    @Override
    public void kill() {
        preventNewVersions(KILL_LOCK_TIMEOUT);
        versions.forEach(version -> version.mode().kill());
    }

    /** Prevents further versions from starting. Startup code that hangs beyond {@code limit} has no process to kill. */
    private void preventNewVersions(Duration limit) {
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
