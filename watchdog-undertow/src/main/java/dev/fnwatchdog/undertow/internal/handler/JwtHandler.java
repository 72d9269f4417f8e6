package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.auth.AuthDecision;
import dev.fnwatchdog.core.auth.Authorizer;
import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Passes only requests whose token permits the function ({@code jwt_auth}, specification 8.6, 8.9, 8.12).
 *
 * <p>Threads: the exchange's I/O thread, which also verifies tokens. A request whose token is signed with an unknown key waits,
 * without a thread, until the keys have been fetched again.
 *
 * @param execTimeout the longest wait of a request for its decision; zero: no limit
 */
public record JwtHandler(HttpHandler next, Authorizer authorizer, Duration execTimeout) implements HttpHandler {
    private static final Duration UNLIMITED = Duration.ofDays(1);
    private static final CannedResponse FORBIDDEN = CannedResponse.of(StatusCodes.FORBIDDEN)
            .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
            .withBody(WatchdogHeaders.PLAIN_TEXT, "insufficient permissions\n");

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        long start = System.nanoTime();
        HeaderValues authorization = exchange.getRequestHeaders().get(Headers.AUTHORIZATION);
        CompletableFuture<AuthDecision> decision = authorizer.decide(
                authorization == null ? List.of() : List.copyOf(authorization),
                timeout(exchange),
                exchange.getIoThread());
        if (decision.isDone()) {
            applyDecision(exchange, decision.join(), start);
        } else {
            exchange.dispatch(SameThreadExecutor.INSTANCE, () -> awaitDecision(exchange, decision, start));
        }
    }

    /** Returns the time that is left (specification 8.5). */
    private Duration timeout(HttpServerExchange exchange) {
        Duration limit = RequestTimeout.effective(
                execTimeout, exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        if (limit.isZero()) {
            return UNLIMITED;
        }
        Duration left = limit.minusNanos(Invocation.of(exchange).elapsedNanos());
        return left.isNegative() ? Duration.ZERO : left;
    }

    private void awaitDecision(HttpServerExchange exchange, CompletableFuture<AuthDecision> decision, long start) {
        Invocation invocation = Invocation.of(exchange);
        invocation.watchClient();
        CompletionStage<AuthDecision> stage = decision;
        stage.whenComplete((ignored, failure) -> {
            // Meanwhile the request may have got a timeout response or been aborted, or its client may have
            // disconnected.
            if (!invocation.stopped()) {
                exchange.dispatch(
                        SameThreadExecutor.INSTANCE, (HttpHandler) ex -> applyDecision(ex, decision.join(), start));
            }
        });
    }

    private void applyDecision(HttpServerExchange exchange, AuthDecision decision, long start) throws Exception {
        switch (decision.outcome()) {
            case ALLOWED -> {
                exchange.getRequestHeaders()
                        .put(WatchdogHeaders.AUTH_SECONDS, DurationSeconds.of(System.nanoTime() - start));
                next.handleRequest(exchange);
            }
            case REFUSED -> refuse(exchange, unauthorized(decision.reason()));
            case FORBIDDEN -> refuse(exchange, FORBIDDEN);
        }
    }

    private static void refuse(HttpServerExchange exchange, CannedResponse response) {
        Invocation.of(exchange).denyAccess();
        response.send(exchange);
    }

    private static CannedResponse unauthorized(String reason) {
        return CannedResponse.of(StatusCodes.UNAUTHORIZED)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
                .with(Headers.WWW_AUTHENTICATE, "Bearer realm=IAM function invoke")
                .withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n");
    }
}
