package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.FunctionServer;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import io.undertow.server.HttpHandler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One function that runs beside the watchdog and listens by itself (contract 3). Threads: any. */
public final class HttpMode implements Mode {
    private final ModeConfig.Http mode;
    private final WatchdogConfig config;
    private final Map<String, String> environment;
    private final WatchdogLog log;
    private final HttpHandler handler;
    private final UpstreamPortProbe port;
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    // Mutable state
    private volatile @Nullable FunctionServer server;

    public HttpMode(ModeConfig.Http mode, ModeContext context) {
        this.mode = mode;
        this.config = context.config();
        this.environment = context.environment();
        this.log = context.log();
        UpstreamAddress address = UpstreamAddress.of(mode.upstream());
        LongAdder open = new LongAdder();
        context.registry().gauge("watchdog_upstream_connections", "open connections to the function", open::sum);
        this.handler = new UpstreamHandler(address, mode, context, open);
        this.port = new UpstreamPortProbe(address, context.worker());
    }

    @Override
    public HttpHandler handler() {
        return handler;
    }

    @Override
    public void start() throws FunctionFailedException {
        FunctionServer started = FunctionServer.start(mode.command(), environment, log, config.log());
        server = started;
        port.start();
        started.onExit().thenAccept(this::ended);
    }

    private void ended(Termination termination) {
        port.functionEnded();
        ended.complete(termination.describe());
    }

    @Override
    public boolean ready() {
        return port.accepting();
    }

    @Override
    public CompletionStage<String> ended() {
        return ended;
    }

    @Override
    public void stop(Duration grace) {
        FunctionServer running = server;
        if (running != null) {
            running.stop(grace);
        }
        port.functionEnded();
    }

    @Override
    public void kill() {
        port.functionEnded();
        FunctionServer running = server;
        if (running != null) {
            running.kill();
        }
    }
}
