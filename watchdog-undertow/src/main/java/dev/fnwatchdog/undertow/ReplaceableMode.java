package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Waiting;
import dev.fnwatchdog.core.process.FunctionFailedException;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A function under development: newer versions of it take its place while calls are served. A call ends in the version in
 * which it began. Where two versions cannot run side by side, as in http mode, where both would listen on one port, new calls
 * wait until the older one has ended its own and the newer one listens.
 *
 * <p>Threads: {@link #replace} and {@link #fail} belong to one thread, and block; everything else to any.
 */
final class ReplaceableMode implements FunctionMode {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(5);

    private final Modes modes;
    private final Duration limit;
    private final Set<FunctionVersion> retired = ConcurrentHashMap.newKeySet();

    // Mutable state
    private volatile FunctionVersion latest;
    private volatile @Nullable HttpHandler instead;
    private volatile boolean stopping;

    ReplaceableMode(FunctionMode first, Modes modes) {
        this.modes = modes;
        this.limit = modes.settings().config().timeouts().write();
        this.latest = new FunctionVersion(first);
    }

    /** The function as it is from now on. Whatever keeps it from being called is told in the log and to those who call. */
    void replace(WatchdogConfig config, Map<String, String> environment) throws InterruptedException {
        FunctionVersion old = latest;
        HeldCalls held = new HeldCalls();
        boolean alone = config.mode() instanceof ModeConfig.Http;
        if (alone) {
            instead = held::hold;
            retire(old);
            old.awaitStopped();
        }
        try {
            latest = started(config, environment);
            instead = null;
            watch(latest);
            modes.log().info("Serving the next version of the function");
        } catch (InvalidConfigException | FunctionFailedException e) {
            modes.log().error(String.valueOf(e.getMessage()));
            fail(String.valueOf(e.getMessage()));
        }
        held.release(this::serve);
        if (!alone && latest != old) {
            retire(old);
        }
    }

    private FunctionVersion started(WatchdogConfig config, Map<String, String> environment)
            throws FunctionFailedException, InterruptedException {
        FunctionMode mode = config.mode().accept(modes.renewed(config, environment));
        boolean started = false;
        try {
            mode.start();
            started = true;
        } finally {
            if (!started) {
                mode.stop(Duration.ZERO);
            }
        }
        CompletableFuture<String> ended = mode.ended().toCompletableFuture();
        Waiting.polling(POLL).await(() -> mode.ready() || ended.isDone(), limit);
        return new FunctionVersion(mode);
    }

    private void watch(FunctionVersion version) {
        version.mode().ended().thenAccept(words -> gone(version, words));
    }

    private void retire(FunctionVersion old) {
        retired.removeIf(FunctionVersion::stopped);
        retired.add(old);
        old.retire(limit, GRACE);
    }

    /** The version that there is stays, for the calls in flight; others are told the reason. */
    void fail(String reason) {
        instead = new FailurePage(reason);
    }

    private void gone(FunctionVersion version, String words) {
        if (!stopping && !version.retired()) {
            modes.log().error("Forked function has terminated: " + words);
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
        if (!version.enter()) {
            // It has just been retired: what comes after it is known already.
            serve(exchange);
            return;
        }
        Call.of(exchange).atEnd(version::leave);
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
        stopping = true;
        latest.mode().stop(grace);
        retired.forEach(version -> version.mode().stop(Duration.ZERO));
    }

    @Override
    public void kill() {
        stopping = true;
        latest.mode().kill();
        retired.forEach(version -> version.mode().kill());
    }
}
