package dev.fnwatchdog.undertow.internal.devpage;

import io.undertow.server.HttpHandler;
import java.time.Clock;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a developer sees of a function: the page at {@code /_/dev}, and the page with the reason why there is no version to call
 * (specification 13.1, 7.28). The code that replaces the function reports each version, and each failure, to it.
 *
 * <p>Threads: any.
 */
public final class DevelopmentPages {
    /** Who can see the pages. */
    public enum Access {
        /** No client: each path is the function's, nothing is remembered, and the page with a reason does not reload. */
        NONE,
        LOCAL_CLIENTS
    }

    private final Access access;
    private final Clock clock;
    private final RecentRequests requests = new RecentRequests();
    private final ChangePolls polls;

    // Mutable state; changes of the function's are made under this object's lock
    private volatile FunctionState state;
    private volatile Map<String, String> environment;
    private volatile Map<String, String> origins = Map.of();

    /** @param environment the variables that are the settings of the first version */
    public DevelopmentPages(Access access, Clock clock, Map<String, String> environment) {
        this.access = access;
        this.clock = clock;
        this.environment = Map.copyOf(environment);
        this.state = FunctionState.starting(clock.instant());
        this.polls = new ChangePolls(() -> state.token());
    }

    /** Returns a handler that serves the pages to local clients, and passes every other request to {@code function}. */
    public HttpHandler inFrontOf(HttpHandler function) {
        return access == Access.NONE ? function : new LocalRoutes(this::overview, polls, function);
    }

    /** Returns a handler that remembers the requests which pass it; it needs their invocation. */
    public HttpHandler recording(HttpHandler next) {
        return access == Access.NONE ? next : new RequestRecorder(next, requests, clock);
    }

    /** Says that a version serves now, whose settings are in these variables. */
    public void serves(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        change(before -> before.serving(clock.instant()));
    }

    /** Says that there is no version to call, and returns the response to requests. */
    public HttpHandler fails(String reason) {
        String token = change(before -> before.failed(reason, clock.instant())).token();
        return access == Access.NONE ? FailurePage.still(reason) : FailurePage.reloading(reason, token);
    }

    /** Sets where settings come from, by the names of their variables; others come from the environment. */
    public void originate(Map<String, String> settings) {
        origins = Map.copyOf(settings);
    }

    /** Ends the requests that wait for a change, because the watchdog stops. */
    public void stop() {
        polls.stop();
    }

    private FunctionState change(UnaryOperator<FunctionState> transition) {
        FunctionState next;
        synchronized (this) {
            next = transition.apply(state);
            state = next;
        }
        polls.release();
        return next;
    }

    private OverviewPage overview() {
        return new OverviewPage(state, requests.latest(), ShownSetting.all(environment, origins));
    }
}
