package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.KnativeVariables;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.FunctionServer;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import dev.fnwatchdog.undertow.internal.mode.ProcessCounts;
import dev.fnwatchdog.undertow.internal.mode.ProcessEnd;
import dev.fnwatchdog.undertow.internal.mode.UpstreamClient;
import io.undertow.server.HttpHandler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** http mode: one function process, which listens on its own port (specification 3). Threads: any. */
public final class HttpMode implements Mode {
    /** How long a stop waits for the responses to requests that are held. */
    private static final Duration LAST_RESPONSES = Duration.ofSeconds(1);

    private final ModeConfig.Http mode;
    private final WatchdogConfig config;
    private final Map<String, String> environment;
    private final WatchdogLog log;
    private final UpstreamHandler handler;
    private final UpstreamPortProbe portProbe;
    private final StartupWaitHandler.Startup startup;
    private final ProcessCounts counts;
    private final CompletableFuture<Termination> ended = new CompletableFuture<>();

    // Mutable state
    private volatile @Nullable FunctionServer server;

    public HttpMode(ModeConfig.Http mode, ModeContext context) {
        this.mode = mode;
        this.config = context.config();
        this.environment = KnativeVariables.forFunction(
                context.environment(), mode.upstream().getPort());
        this.log = context.log();
        UpstreamAddress address = new UpstreamAddress(
                mode.upstream(), HostLookup.Source.ofSystem(ThreadRefusedException.checked(context.worker())));
        this.counts = new ProcessCounts(context.registry());
        LongAdder open = context.registry().shared("watchdog_upstream_connections", "open connections to the function");
        this.portProbe = new UpstreamPortProbe(address, context.worker(), log);
        this.startup = new StartupWaitHandler.Startup(portProbe, mode.startupWait(), new AtomicInteger());
        this.handler = new UpstreamHandler(address, mode, context, open, startup);
    }

    @Override
    public HttpHandler handler() {
        return handler;
    }

    @Override
    public void start() throws FunctionFailedException {
        FunctionServer started = FunctionServer.start(mode.command(), environment, log, config.log());
        counts.started();
        server = started;
        portProbe.start();
        started.onExit().thenAccept(this::functionExited);
    }

    private void functionExited(Termination termination) {
        // Only the watchdog has ended the probe before.
        counts.ended(
                portProbe.state() == UpstreamPortProbe.State.ENDED ? ProcessEnd.STOPPED : ProcessEnd.of(termination));
        portProbe.end("it has ended");
        ended.complete(termination);
    }

    @Override
    public boolean ready() {
        return portProbe.state() == UpstreamPortProbe.State.ACCEPTING;
    }

    @Override
    public void whenReady(Runnable action) {
        Runnable decided = () -> {
            if (ready()) {
                action.run();
            }
        };
        if (!portProbe.whenNotAwaited(decided)) {
            decided.run();
        }
    }

    @Override
    public Optional<UpstreamClient> upstreamClient() {
        return Optional.of(handler::connect);
    }

    @Override
    public CompletionStage<Termination> ended() {
        return ended;
    }

    @Override
    public void retire() {
        portProbe.end("a newer version replaces it");
    }

    @Override
    public void stop(Duration grace) {
        portProbe.end("the watchdog is stopping it");
        startup.awaitResponses(LAST_RESPONSES);
        FunctionServer running = server;
        if (running != null) {
            running.stop(grace);
        }
    }

    @Override
    public void kill() {
        portProbe.end("the watchdog is stopping it");
        FunctionServer running = server;
        if (running != null) {
            running.kill();
        }
    }
}
