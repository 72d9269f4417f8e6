package dev.fnwatchdog.undertow.internal.inproc.servlet;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.session.InMemorySessionManager;
import io.undertow.server.session.Session;
import io.undertow.server.session.SessionConfig;
import io.undertow.server.session.SessionListener;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a function, in memory. Beyond their limit the one that no request has used for the longest time is ended
 * (specification 5.7). Undertow's own eviction ends the one that is oldest, whether it is used or not, and keeps the ids of
 * expired sessions without limit.
 *
 * <p>Threads: any.
 */
final class FunctionSessions extends InMemorySessionManager {
    private static final long WARNING_NANOS = Duration.ofMinutes(1).toNanos();

    private final int max;
    private final ServletHooks hooks;
    private final AtomicLong lastWarning = new AtomicLong(System.nanoTime() - WARNING_NANOS);
    /** In the order of their last use; under its own lock. The values have no meaning. */
    @GuardedBy("byUse")
    private final Map<Session, Boolean> byUse = new LinkedHashMap<>(16, 0.75f, true);

    private FunctionSessions(String deployment, int max, ServletHooks hooks) {
        super(deployment);
        this.max = max;
        this.hooks = hooks;
    }

    /** @param max the most sessions at once */
    static FunctionSessions create(String deployment, int max, ServletHooks hooks) {
        FunctionSessions sessions = new FunctionSessions(deployment, max, hooks);
        // Before the function's own listeners, which may end a session at once.
        sessions.registerSessionListener(sessions.new Uses());
        return sessions;
    }

    @Override
    public Session createSession(HttpServerExchange exchange, SessionConfig config) {
        Session created = super.createSession(exchange, config);
        for (Session unused = removeSurplus(); unused != null; unused = removeSurplus()) {
            warn();
            end(unused);
        }
        return created;
    }

    @Override
    public @Nullable Session getSession(HttpServerExchange exchange, SessionConfig config) {
        Session found = super.getSession(exchange, config);
        if (found != null) {
            synchronized (byUse) {
                // An access, which moves it to the end.
                byUse.computeIfPresent(found, (session, value) -> value);
            }
        }
        return found;
    }

    /** Removes the session that is to end; returns null where the limit is not exceeded. */
    private @Nullable Session removeSurplus() {
        synchronized (byUse) {
            if (byUse.size() <= max) {
                return null;
            }
            Iterator<Session> sessions = byUse.keySet().iterator();
            Session unused = sessions.next();
            sessions.remove();
            return unused;
        }
    }

    /** Ends a session of another client, which must not be a failure of this request. */
    @SuppressWarnings("CatchingUnchecked") // a listener of the function may throw anything
    private void end(Session session) {
        try {
            session.invalidate(null);
        } catch (RuntimeException failure) {
            // Also where it has expired, or its own request has ended it, at this moment.
            hooks.warn("A session could not be ended: " + failure);
        }
    }

    private void warn() {
        long last = lastWarning.get();
        long now = System.nanoTime();
        if (now - last >= WARNING_NANOS && lastWarning.compareAndSet(last, now)) {
            hooks.warn("The function has more than %d sessions: the least recently used ones are ended".formatted(max));
        }
    }

    private final class Uses implements SessionListener {
        @Override
        public void sessionCreated(Session session, HttpServerExchange exchange) {
            synchronized (byUse) {
                byUse.put(session, true);
            }
        }

        @Override
        public void sessionDestroyed(
                Session session, @Nullable HttpServerExchange exchange, SessionDestroyedReason reason) {
            synchronized (byUse) {
                byUse.remove(session);
            }
        }
    }
}
