package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.auth.AuthDecision;
import dev.fnwatchdog.core.auth.Authoriser;
import dev.fnwatchdog.core.request.CallTimeout;
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
final class JwtHandler implements HttpHandler {

    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final HttpHandler next;
    private final Authoriser authoriser;
    private final Duration execTimeout;

    /** @param execTimeout no call waits longer for its decision; zero: no limit */
    JwtHandler(HttpHandler next, Authoriser authoriser, Duration execTimeout) {
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
        Duration limit =
                CallTimeout.effective(execTimeout, exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        return limit.isZero() ? UNLIMITED : limit;
    }

    private void await(HttpServerExchange exchange, CompletableFuture<AuthDecision> decision, long begun) {
        Call call = Call.of(exchange);
        call.watchClient();
        CompletionStage<AuthDecision> made = decision;
        made.whenComplete((ignored, failure) -> {
            // It may have been answered for its slow body, or broken off, or its client may have left.
            if (!call.stopped()) {
                exchange.dispatch(SameThreadExecutor.INSTANCE, (HttpHandler) ex -> decided(ex, decision.join(), begun));
            }
        });
    }

    private void decided(HttpServerExchange exchange, AuthDecision decision, long begun) throws Exception {
        Optional<Answer> refusal = decision.accept(Refusal.ANSWER);
        if (refusal.isPresent()) {
            Call.of(exchange).denyAccess();
            refusal.get().send(exchange);
            return;
        }
        exchange.getRequestHeaders().put(WatchdogHeaders.AUTH_SECONDS, Seconds.of(System.nanoTime() - begun));
        next.handleRequest(exchange);
    }

    /** What is answered in the function's place, where anything is. */
    private enum Refusal implements AuthDecision.Visitor<Optional<Answer>> {
        ANSWER;

        private static final Answer FORBIDDEN = Answer.of(StatusCodes.FORBIDDEN)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
                .withBody(WatchdogHeaders.PLAIN_TEXT, "insufficient permissions\n");

        @Override
        public Optional<Answer> allowed() {
            return Optional.empty();
        }

        @Override
        public Optional<Answer> refused(String reason) {
            return Optional.of(Answer.of(StatusCodes.UNAUTHORIZED)
                    .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
                    .with(Headers.WWW_AUTHENTICATE, "Bearer realm=IAM function invoke")
                    .withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n"));
        }

        @Override
        public Optional<Answer> forbidden() {
            return Optional.of(FORBIDDEN);
        }
    }
}
