package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Readiness;
import dev.fnwatchdog.core.limit.ConcurrencyLimit;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.RequestMetrics;
import dev.fnwatchdog.undertow.internal.handler.AccessLogHandler;
import dev.fnwatchdog.undertow.internal.handler.BodyLogHandler;
import dev.fnwatchdog.undertow.internal.handler.ConcurrencyLimitHandler;
import dev.fnwatchdog.undertow.internal.handler.FailureHandler;
import dev.fnwatchdog.undertow.internal.handler.MemoryLimitHandler;
import dev.fnwatchdog.undertow.internal.handler.ReadOnlyHandler;
import dev.fnwatchdog.undertow.internal.handler.RequestMetricsHandler;
import dev.fnwatchdog.undertow.internal.invocation.InvocationHandler;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.probe.Availability;
import dev.fnwatchdog.undertow.internal.probe.FunctionReadiness;
import dev.fnwatchdog.undertow.internal.probe.HealthHandler;
import dev.fnwatchdog.undertow.internal.probe.ReadyHandler;
import io.undertow.server.HttpHandler;
import java.util.function.UnaryOperator;

/**
 * All that a request meets on its way to the function, put together here alone.
 *
 * @param availability what the probes ask for
 * @param loops of the IO threads that serve
 * @param memory what requests take theirs from
 * @param authorization puts before a handler what asks for tokens, where they are asked for
 */
record HandlerChain(
        WatchdogConfig config,
        WatchdogLog log,
        RequestMetrics metrics,
        Availability availability,
        Mode mode,
        IoLoops loops,
        MemoryBudget memory,
        UnaryOperator<HttpHandler> authorization) {
    /** The first handler. */
    HttpHandler root() {
        ConcurrencyLimit limit = new ConcurrencyLimit(config.maxInflight());
        return new Routes(
                new ReadOnlyHandler(new HealthHandler(availability::healthy)),
                new ReadOnlyHandler(new ReadyHandler(() -> readiness(limit), probe())),
                call(limit));
    }

    /** A call's handlers, outermost first. */
    private HttpHandler call(ConcurrencyLimit limit) {
        boolean http = config.mode() instanceof ModeConfig.Http;
        return new ChainBuilder()
                // what the others note about the call needs a place
                .then(next -> new InvocationHandler(next, loops, config.timeouts()))
                // refusals count too
                .then(next -> new RequestMetricsHandler(next, metrics))
                // one line for each call, refused or not
                .then(next -> new AccessLogHandler(next, log, http))
                // before anything else of the request takes memory
                .then(next -> new MemoryLimitHandler(next, memory, loops::buffersAreScarce))
                // a full watchdog parses no tokens
                .then(next -> new ConcurrencyLimitHandler(next, limit))
                // 401 and 403, while nothing of the body has been read or printed
                .then(authorization)
                // what is refused has not been read
                .then(next -> BodyLogHandler.wrapIfEnabled(next, log, config.log(), config.mode()))
                // the one place where a throwable becomes a response
                .then(next -> new FailureHandler(next, log))
                .endingAt(mode.handler());
    }

    /** A probe that the function answers: neither counted, logged, limited nor authorised. */
    private HttpHandler probe() {
        return new FunctionReadiness(
                new FailureHandler(mode.handler(), log), config.readyPath(), loops, config.timeouts());
    }

    private Readiness readiness(ConcurrencyLimit limit) {
        return Readiness.decide(
                availability.healthy() && mode.ready(),
                limit.isReached(),
                !config.readyPath().isEmpty());
    }
}
