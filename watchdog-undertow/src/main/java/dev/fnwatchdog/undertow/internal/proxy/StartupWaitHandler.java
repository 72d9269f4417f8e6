package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.health.WaitStrategy;
import dev.fnwatchdog.undertow.internal.invocation.HeldRequest;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.invocation.TimeoutKind;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * Holds requests that arrive before the function's port has accepted a connection, each for at most {@code startup_wait}
 * (specification 3.3). A held request is not read, and occupies no thread.
 *
 * <p>Threads: the exchange's I/O thread; any may learn the number of held requests.
 */
final class StartupWaitHandler implements HttpHandler {
    private final HttpHandler next;
    private final HttpHandler resumed;
    private final Startup startup;
    private final BiConsumer<Invocation, String> failure;

    /**
     * What requests wait for.
     *
     * @param limit {@code startup_wait}; zero: requests are not held
     * @param held counts the requests that are held, or are refused now because the function has ended
     */
    record Startup(UpstreamPortProbe probe, Duration limit, AtomicInteger held) {
        /** Waits until the requests that were held when the function ended have their responses. */
        void awaitResponses(Duration timeout) {
            try {
                WaitStrategy.polling(Duration.ofMillis(1)).await(() -> held.get() == 0, timeout);
            } catch (InterruptedException e) {
                // An interrupt requests haste.
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Creates the handler.
     *
     * @param resumed handles a request that was held, and turns each throwable into a response
     * @param failure responds in place of a function that cannot be reached, for a reason
     */
    StartupWaitHandler(HttpHandler next, HttpHandler resumed, Startup startup, BiConsumer<Invocation, String> failure) {
        this.next = next;
        this.resumed = resumed;
        this.startup = startup;
        this.failure = failure;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (startup.probe().state() != UpstreamPortProbe.State.AWAITED
                || startup.limit().isZero()) {
            next.handleRequest(exchange);
            return;
        }
        EarlyRequest request = new EarlyRequest(exchange);
        if (startup.probe().whenNotAwaited(request)) {
            request.begin();
        } else {
            next.handleRequest(exchange);
        }
    }

    /** A request that arrived before the function listens. */
    private final class EarlyRequest implements Runnable {
        private enum State {
            HELD,
            /** The function has ended: the response is being sent. */
            REFUSED,
            RELEASED
        }

        private final HttpServerExchange exchange;
        private final Invocation invocation;

        // Mutable state
        private State state = State.HELD;
        private XnioExecutor.@Nullable Key timeout;
        private @Nullable HeldRequest hold;

        EarlyRequest(HttpServerExchange exchange) {
            this.exchange = exchange;
            this.invocation = Invocation.of(exchange);
        }

        void begin() {
            startup.held().incrementAndGet();
            invocation.atEnd(this::release);
            hold = HeldRequest.hold(invocation);
            long left = startup.limit().toNanos() - invocation.elapsedNanos();
            timeout = exchange.getIoThread()
                    .executeAfter(this::expired, TimeUnit.NANOSECONDS.toMillis(left) + 1, TimeUnit.MILLISECONDS);
        }

        /** The function's port has accepted a connection, or the function has ended. Threads: any. */
        @Override
        public void run() {
            try {
                // Through the I/O thread's queue: no handler of the exchange runs any more when it is reached.
                exchange.getIoThread().execute(this::decided);
            } catch (RejectedExecutionException terminated) {
                // The watchdog's threads have ended, and all requests with them.
            }
        }

        private void decided() {
            if (state != State.HELD) {
                return;
            }
            if (startup.probe().state() == UpstreamPortProbe.State.ENDED) {
                state = State.REFUSED;
                refuse("cannot be reached: " + startup.probe().end());
                return;
            }
            release();
            if (hold != null) {
                hold.resume(resumed);
            }
        }

        private void expired() {
            if (state == State.HELD) {
                release();
                invocation.timeoutExpired(TimeoutKind.STARTUP);
                refuse("cannot be reached: it has not accepted a connection within startup_wait, "
                        + GoDuration.format(startup.limit()));
            }
        }

        private void refuse(String reason) {
            if (!invocation.stopped()) {
                failure.accept(invocation, reason);
            }
        }

        /** Holds the request no longer. Without effect when called again. */
        private void release() {
            if (state == State.RELEASED) {
                return;
            }
            state = State.RELEASED;
            startup.held().decrementAndGet();
            startup.probe().remove(this);
            if (timeout != null) {
                timeout.remove();
            }
            if (hold != null) {
                hold.release();
            }
        }
    }
}
