package dev.fnwatchdog.core.auth;

import dev.fnwatchdog.core.config.JwtConfig;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An authorizer whose clock stands still at {@link TokenClaims#NOW}, and the text that it has logged. */
final class Guard implements AutoCloseable {
    static final String ALLOWED = "allowed";
    static final String FORBIDDEN = "forbidden";

    /** Fetches the keys for every unknown key id; its regular interval of one hour never ends within a test. */
    static final KeyRefreshPolicy NO_PAUSE =
            new KeyRefreshPolicy(Duration.ofHours(1), Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(10));

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final WatchdogLog log;
    private final Authorizer authorizer;

    private Guard(JwtConfig config, KeyRefreshPolicy policy) throws IOException {
        LogConfig text = new LogConfig(LogConfig.Format.TEXT, true, 65536, false, false, false, false);
        this.log = WatchdogLog.start(text, OutputStream.nullOutputStream(), logged);
        this.authorizer = Authorizer.start(config, log, policy, Clock.fixed(TokenClaims.NOW, ZoneOffset.UTC));
    }

    static Guard of(JwtConfig config) throws IOException {
        return new Guard(config, KeyRefreshPolicy.DEFAULT);
    }

    static Guard of(Issuer issuer, KeyRefreshPolicy policy) throws IOException {
        return new Guard(issuer.config(), policy);
    }

    /** The decision on a request with this token: {@link #ALLOWED}, {@link #FORBIDDEN}, or the reason of a refusal. */
    String decide(String token) throws InterruptedException {
        return decide(List.of("Bearer " + token));
    }

    String decide(List<String> authorization) throws InterruptedException {
        return describe(begin(authorization, Duration.ofDays(1)));
    }

    CompletableFuture<AuthDecision> begin(List<String> authorization, Duration patience) {
        return authorizer.decide(authorization, patience, Runnable::run);
    }

    static String describe(CompletableFuture<AuthDecision> decision) throws InterruptedException {
        try {
            AuthDecision made = decision.get(30, TimeUnit.SECONDS);
            return switch (made.outcome()) {
                case ALLOWED -> ALLOWED;
                case REFUSED -> made.reason();
                case FORBIDDEN -> FORBIDDEN;
            };
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    String logged() {
        return logged.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        authorizer.close();
        log.close();
    }
}
