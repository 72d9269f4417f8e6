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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets only those calls pass whose token permits the function ({@code jwt_auth}, contract 8).
 *
 * <p>Threads: the exchange's IO thread, where tokens are verified too. A call whose token is signed with a new key waits
 * without a thread until the keys have been read again.
 */
public final class JwtHandler implements HttpHandler {

    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final HttpHandler next;
    private final Authorizer authoriser;
    private final Duration execTimeout;

    /** @param execTimeout no call waits longer for its decision; zero: no limit */
    public JwtHandler(HttpHandler next, Authorizer authoriser, Duration execTimeout) {
        this.next = next;
        this.authoriser = authoriser;
        this.execTimeout = execTimeout;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        long begun = System.nanoTime();
        HeaderValues authorization = exchange.getRequestHeaders().get(Headers.AUTHORIZATION);
        CompletableFuture<AuthDecision> decision = authoriser.decide(
                authorization == null ? List.of() : List.copyOf(authorization),
                patience(exchange),
                exchange.getIoThread());
        if (decision.isDone()) {
            decided(exchange, decision.join(), begun);
        } else {
            exchange.dispatch(SameThreadExecutor.INSTANCE, () -> await(exchange, decision, begun));
        }
    }

    private Duration patience(HttpServerExchange exchange) {
        Duration limit = RequestTimeout.effective(
                execTimeout, exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        return limit.isZero() ? UNLIMITED : limit;
    }

    private void await(HttpServerExchange exchange, CompletableFuture<AuthDecision> decision, long begun) {
        Invocation invocation = Invocation.of(exchange);
        invocation.watchClient();
        CompletionStage<AuthDecision> made = decision;
        made.whenComplete((ignored, failure) -> {
            // It may have been answered for its slow body, or broken off, or its client may have left.
            if (!invocation.stopped()) {
                exchange.dispatch(SameThreadExecutor.INSTANCE, (HttpHandler) ex -> decided(ex, decision.join(), begun));
            }
        });
    }

    private void decided(HttpServerExchange exchange, AuthDecision decision, long begun) throws Exception {
        Optional<CannedResponse> refusal = decision.accept(Refusal.ANSWER);
        if (refusal.isPresent()) {
            Invocation.of(exchange).denyAccess();
            refusal.get().send(exchange);
            return;
        }
        exchange.getRequestHeaders().put(WatchdogHeaders.AUTH_SECONDS, DurationSeconds.of(System.nanoTime() - begun));
        next.handleRequest(exchange);
    }

    /** What is answered in the function's place, where anything is. */
    private enum Refusal implements AuthDecision.Visitor<Optional<CannedResponse>> {
        ANSWER;

        private static final CannedResponse FORBIDDEN = CannedResponse.of(StatusCodes.FORBIDDEN)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
                .withBody(WatchdogHeaders.PLAIN_TEXT, "insufficient permissions\n");

        @Override
        public Optional<CannedResponse> allowed() {
            return Optional.empty();
        }

        @Override
        public Optional<CannedResponse> refused(String reason) {
            return Optional.of(CannedResponse.of(StatusCodes.UNAUTHORIZED)
                    .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
                    .with(Headers.WWW_AUTHENTICATE, "Bearer realm=IAM function invoke")
                    .withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n"));
        }

        @Override
        public Optional<CannedResponse> forbidden() {
            return Optional.of(FORBIDDEN);
        }
    }
}
