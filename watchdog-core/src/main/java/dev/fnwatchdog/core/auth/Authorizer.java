package dev.fnwatchdog.core.auth;

import dev.fnwatchdog.core.config.JwtConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import io.jsonwebtoken.Claims;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides by its token whether a call may reach the function (contract 8).
 *
 * <p>Threads: any may ask, IO threads too: nothing blocks but {@link #start}.
 */
public final class Authorizer implements AutoCloseable {
    private final IssuerDocument issuer;
    private final String resource;
    private final KeyRefreshPolicy pace;
    private final Clock clock;
    private final WatchdogLog log;
    private final boolean debug;
    private final PublishedKeys keys;

    // Mutable state
    private volatile @Nullable TokenVerifier verifier;

    private Authorizer(JwtConfig config, WatchdogLog log, KeyRefreshPolicy pace, Clock clock) throws IOException {
        this.resource = config.functionNamespace() + ":" + config.functionName();
        this.pace = pace;
        this.clock = clock;
        this.log = log;
        this.debug = config.debug();
        DocumentReader reader = new DocumentReader(pace.fetchTimeout());
        this.issuer = readIssuer(reader, IssuerDocument.location(config.authority()));
        this.keys = PublishedKeys.start(reader, issuer.jwksUri(), pace, this::useKeys, log);
    }

    /**
     * Reads the authority's document and key set; blocks for some seconds at the longest.
     *
     * @throws IOException where they cannot be read; the message says which, and why, in one line
     */
    public static Authorizer start(JwtConfig config, WatchdogLog log) throws IOException {
        return start(config, log, KeyRefreshPolicy.DEFAULT, Clock.systemUTC());
    }

    static Authorizer start(JwtConfig config, WatchdogLog log, KeyRefreshPolicy pace, Clock clock) throws IOException {
        return new Authorizer(config, log, pace, clock);
    }

    private static IssuerDocument readIssuer(DocumentReader reader, URI location) throws IOException {
        try {
            return IssuerDocument.parse(reader.read(location));
        } catch (IOException e) {
            throw new IOException(
                    "jwt_auth: cannot read the issuer document at %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    /**
     * Decides, nearly always at once. Only where the token names a key that nobody knows, and the key set has not been read
     * just before, it is read anew first.
     *
     * @param authorization the values of all Authorization headers of the call
     * @param patience the longest that the call may wait; it never waits longer than a second
     * @param executor decides where the decision had to wait; the result completes on it
     */
    public CompletableFuture<AuthDecision> decide(List<String> authorization, Duration patience, Executor executor) {
        try {
            return CompletableFuture.completedFuture(judge(authorization));
        } catch (RefusedTokenException e) {
            return e.keyUnknown()
                    ? askAgain(authorization, patience, executor)
                    : CompletableFuture.completedFuture(refusal(e));
        }
    }

    private CompletableFuture<AuthDecision> askAgain(List<String> authorization, Duration patience, Executor executor) {
        CompletableFuture<Void> read = keys.fetchUnlessRecent();
        if (read.isDone()) {
            return CompletableFuture.completedFuture(judgeFinally(authorization));
        }
        Duration wait = patience.compareTo(pace.maxWait()) < 0 ? patience : pace.maxWait();
        // A copy: who gives up waiting does so for himself.
        return read.copy()
                .completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS)
                .handleAsync((nothing, failure) -> judgeFinally(authorization), executor);
    }

    private AuthDecision judgeFinally(List<String> authorization) {
        try {
            return judge(authorization);
        } catch (RefusedTokenException e) {
            return refusal(e);
        }
    }

    private AuthDecision judge(List<String> authorization) {
        TokenVerifier current = verifier;
        if (current == null) {
            throw RefusedTokenException.because("there are no keys yet");
        }
        Claims claims = current.verify(BearerToken.of(authorization));
        if (debug) {
            log.info("JWT claims: " + claims);
        }
        boolean permitted = FunctionClaim.of(claims.get("function")).permits(resource);
        return permitted ? new AuthDecision.Allowed() : new AuthDecision.Forbidden();
    }

    private AuthDecision refusal(RefusedTokenException e) {
        if (debug) {
            log.info("JWT refused: " + e.reason());
        }
        return new AuthDecision.Refused(e.reason());
    }

    private void useKeys(KeySet read) {
        verifier = new TokenVerifier(issuer.issuer(), read, clock);
        if (read.isEmpty()) {
            log.warn("jwt_auth: the key set at %s holds no key that can be used: every call is refused"
                    .formatted(issuer.jwksUri()));
        }
        if (debug) {
            log.info("JWT issuer: %s, key ids: %s".formatted(issuer.issuer(), read.ids()));
        }
    }

    /** Reads no more keys. What is decided from then on is decided with those that are known. */
    @Override
    public void close() {
        keys.close();
    }
}
