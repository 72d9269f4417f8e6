package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits before the next handler may serve it. Meanwhile its body is not read, it occupies no thread, and it is
 * aborted when its client disconnects (specification 3.45).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class HeldRequest {
    private final HttpServerExchange exchange;
    private final Invocation invocation;
    private final @Nullable UnreadBodyCheck check;

    private HeldRequest(Invocation invocation, @Nullable UnreadBodyCheck check) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.check = check;
    }

    /** Begins to hold a request; called within its handler, which returns afterwards. */
    public static HeldRequest hold(Invocation invocation) {
        HttpServerExchange exchange = invocation.exchange();
        // Dispatched, because Undertow ends an exchange whose handler returns with nothing pending.
        exchange.dispatch(exchange.getIoThread(), () -> {});
        if (exchange.isRequestComplete()) {
            invocation.watchClient();
            return new HeldRequest(invocation, null);
        }
        return new HeldRequest(invocation, UnreadBodyCheck.start(invocation, () -> false));
    }

    /** Ends the hold, before a response or at the end of the request. May be called again. */
    public void release() {
        if (check != null) {
            check.cancel();
        }
    }

    /** Ends the hold and passes the request to {@code next}, unless it has ended. Called outside its handlers. */
    public void resume(HttpHandler next) {
        release();
        if (!invocation.stopped()) {
            Connectors.executeRootHandler(next, exchange);
        }
    }
}
