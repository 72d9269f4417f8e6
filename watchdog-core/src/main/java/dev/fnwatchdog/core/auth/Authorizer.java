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
 * Decides by its token whether a request may reach the function (specification 8).
 *
 * <p>Threads: any, I/O threads too; only {@link #start} blocks.
 */
public final class Authorizer implements AutoCloseable {
    private final IssuerDocument issuer;
    private final String resource;
    private final KeyRefreshPolicy refreshPolicy;
    private final Clock clock;
    private final WatchdogLog log;
    private final boolean debug;
    private final PublishedKeys keys;

    // Mutable state
    private volatile @Nullable TokenVerifier verifier;

    private Authorizer(JwtConfig config, WatchdogLog log, KeyRefreshPolicy refreshPolicy, Clock clock)
            throws IOException {
        this.resource = config.functionNamespace() + ":" + config.functionName();
        this.refreshPolicy = refreshPolicy;
        this.clock = clock;
        this.log = log;
        this.debug = config.debug();
        DocumentReader reader = new DocumentReader(refreshPolicy.fetchTimeout());
        this.issuer = readIssuer(reader, IssuerDocument.location(config.authority()));
        this.keys = new PublishedKeys(reader, issuer.jwksUri(), refreshPolicy, this::useKeys, log);
    }

    /**
     * Reads the authority's document and key set; blocks for a few seconds at most.
     *
     * @throws IOException if they cannot be read; the message says which, and why, in one line
     */
    public static Authorizer start(JwtConfig config, WatchdogLog log) throws IOException {
        return start(config, log, KeyRefreshPolicy.DEFAULT, Clock.systemUTC());
    }

    static Authorizer start(JwtConfig config, WatchdogLog log, KeyRefreshPolicy refreshPolicy, Clock clock)
            throws IOException {
        Authorizer authorizer = new Authorizer(config, log, refreshPolicy, clock);
        authorizer.keys.start();
        return authorizer;
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
     * Decides, nearly always at once. Only if the token names an unknown key and the key set was not fetched just
     * before, the key set is fetched again first (specification 8.5).
     *
     * @param authorization the values of all Authorization header fields of the request
     * @param maxWait the longest that the request may wait; it never waits longer than a second
     * @param executor runs the decision if it had to wait; the result completes on it
     */
    public CompletableFuture<AuthDecision> decide(List<String> authorization, Duration maxWait, Executor executor) {
        try {
            return CompletableFuture.completedFuture(evaluate(authorization));
        } catch (RefusedTokenException e) {
            return e.keyUnknown()
                    ? decideAfterFetch(authorization, maxWait, executor)
                    : CompletableFuture.completedFuture(refusal(e));
        }
    }

    private CompletableFuture<AuthDecision> decideAfterFetch(
            List<String> authorization, Duration maxWait, Executor executor) {
        CompletableFuture<Void> fetched = keys.fetchUnlessRecent();
        if (fetched.isDone()) {
            return CompletableFuture.completedFuture(evaluateOrRefuse(authorization));
        }
        Duration wait = maxWait.compareTo(refreshPolicy.maxWait()) < 0 ? maxWait : refreshPolicy.maxWait();
        // A copy: when one request stops waiting, others still wait.
        return fetched.copy()
                .completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS)
                .handleAsync((nothing, failure) -> evaluateOrRefuse(authorization), executor);
    }

    private AuthDecision evaluateOrRefuse(List<String> authorization) {
        try {
            return evaluate(authorization);
        } catch (RefusedTokenException e) {
            return refusal(e);
        }
    }

    private AuthDecision evaluate(List<String> authorization) {
        TokenVerifier current = verifier;
        if (current == null) {
            throw RefusedTokenException.because("no keys have been read yet");
        }
        Claims claims = current.verify(BearerToken.of(authorization));
        if (debug) {
            log.info("JWT claims: " + claims);
        }
        boolean permitted = FunctionClaim.of(claims.get("function")).permits(resource);
        return permitted ? AuthDecision.ALLOWED : AuthDecision.FORBIDDEN;
    }

    private AuthDecision refusal(RefusedTokenException e) {
        if (debug) {
            log.info("JWT refused: " + e.reason());
        }
        return AuthDecision.refused(e.reason());
    }

    private void useKeys(KeySet fetched) {
        verifier = new TokenVerifier(issuer.issuer(), fetched, clock);
        if (fetched.isEmpty()) {
            log.warn("jwt_auth: the key set at %s has no usable key: every request is refused"
                    .formatted(issuer.jwksUri()));
        }
        if (debug) {
            log.info("JWT issuer: %s, key ids: %s".formatted(issuer.issuer(), fetched.ids()));
        }
    }

    /** Stops fetching keys. Later decisions use the keys that are known. */
    @Override
    public void close() {
        keys.close();
    }
}
