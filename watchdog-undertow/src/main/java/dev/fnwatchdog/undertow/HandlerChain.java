package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Readiness;
import dev.fnwatchdog.core.limit.ConcurrencyLimit;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.RequestMetrics;
import dev.fnwatchdog.undertow.internal.devpage.DevelopmentPages;
import dev.fnwatchdog.undertow.internal.handler.AccessLogHandler;
import dev.fnwatchdog.undertow.internal.handler.BodyLogHandler;
import dev.fnwatchdog.undertow.internal.handler.ConcurrencyLimitHandler;
import dev.fnwatchdog.undertow.internal.handler.FailureHandler;
import dev.fnwatchdog.undertow.internal.handler.MemoryLimitHandler;
import dev.fnwatchdog.undertow.internal.handler.ReachedLimitHandler;
import dev.fnwatchdog.undertow.internal.handler.ReadOnlyHandler;
import dev.fnwatchdog.undertow.internal.handler.RequestMetricsHandler;
import dev.fnwatchdog.undertow.internal.invocation.InvocationHandler;
import dev.fnwatchdog.undertow.internal.invocation.TimeoutKind;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.probe.Availability;
import dev.fnwatchdog.undertow.internal.probe.FunctionReadiness;
import dev.fnwatchdog.undertow.internal.probe.HealthHandler;
import dev.fnwatchdog.undertow.internal.probe.ReadyHandler;
import io.undertow.server.HttpHandler;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Assembles the handlers that a request passes on its way to the function.
 *
 * @param expired counts the timeouts of requests
 * @param availability the state that the probes report
 * @param loops of the I/O threads that serve
 * @param memory the budget that requests are charged to
 * @param limit of requests at once
 * @param authorization wraps a handler in the token check, where {@code jwt_auth} is set
 * @param development the pages of a function under development; null for any other function
 */
record HandlerChain(
        WatchdogConfig config,
        WatchdogLog log,
        RequestMetrics metrics,
        Consumer<TimeoutKind> expired,
        Availability availability,
        Mode mode,
        IoLoops loops,
        MemoryBudget memory,
        ConcurrencyLimit limit,
        UnaryOperator<HttpHandler> authorization,
        @Nullable DevelopmentPages development) {
    /** Returns the first handler. */
    HttpHandler root() {
        return new Routes(
                new ReadOnlyHandler(new HealthHandler(availability::healthy)),
                new ReadOnlyHandler(new ReadyHandler(this::readiness, readinessProbe())),
                development == null ? functionChain() : development.inFrontOf(functionChain()));
    }

    /** Returns the handlers of a request to the function, each of which calls the one in the line above it. */
    private HttpHandler functionChain() {
        boolean http = config.mode() instanceof ModeConfig.Http;
        HttpHandler chain = mode.handler();
        // the only handler that turns a throwable into a response
        chain = new FailureHandler(chain, log);
        // the body of a refused request is not read
        chain = BodyLogHandler.wrapIfEnabled(chain, log, config.log(), config.mode());
        // a permit, or a place in the queue for one
        chain = limited(chain);
        // 401 and 403 take no permit and no place in the queue, and none of the body is read or printed
        chain = authorization.apply(chain);
        // a request that would be refused by the limit costs no token verification
        chain = refusedWhenFull(chain);
        // before the request allocates anything further
        chain = new MemoryLimitHandler(chain, memory, loops::buffersAreScarce);
        // the page shows the requests of the log
        chain = recorded(chain);
        // one line for each request, refused or not
        chain = new AccessLogHandler(chain, log, http);
        // refused requests count too
        chain = new RequestMetricsHandler(chain, metrics);
        // the other handlers store their state in the invocation
        return new InvocationHandler(chain, loops, config.timeouts(), http, expired);
    }

    /** The limit itself refuses such a request just as early where no token is verified before. */
    private HttpHandler refusedWhenFull(HttpHandler next) {
        return limit.max() == 0 || !config.jwtAuth() ? next : new ReachedLimitHandler(next, limit);
    }

    private HttpHandler recorded(HttpHandler next) {
        return development == null ? next : development.recording(next);
    }

    private HttpHandler limited(HttpHandler next) {
        return limit.max() == 0
                ? next
                : new ConcurrencyLimitHandler(next, limit, config.timeouts().exec());
    }

    /** Returns the handler of readiness probes, which are neither counted, logged, limited nor authorized. */
    private HttpHandler readinessProbe() {
        return new FunctionReadiness(
                new FailureHandler(mode.handler(), log), config.readyPath(), loops, config.timeouts());
    }

    private Readiness readiness() {
        return Readiness.decide(
                availability.healthy() && mode.ready(),
                limit.isReached() || mode.full(),
                !config.readyPath().isEmpty());
    }
}
