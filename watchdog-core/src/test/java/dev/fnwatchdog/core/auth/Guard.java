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

/** An authoriser whose clock stands still at {@link TokenClaims#NOW}, and what it has logged. */
final class Guard implements AutoCloseable {
    static final String ALLOWED = "allowed";
    static final String FORBIDDEN = "forbidden";

    /** Reads the keys regularly in an hour: never. */
    static final KeyRefreshPolicy NO_PAUSE =
            new KeyRefreshPolicy(Duration.ofHours(1), Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(10));

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final WatchdogLog log;
    private final Authorizer authoriser;

    private Guard(JwtConfig config, KeyRefreshPolicy pace) throws IOException {
        LogConfig text = new LogConfig(LogConfig.Format.TEXT, true, 65536, false, false, false);
        this.log = WatchdogLog.start(text, OutputStream.nullOutputStream(), logged);
        this.authoriser = Authorizer.start(config, log, pace, Clock.fixed(TokenClaims.NOW, ZoneOffset.UTC));
    }

    static Guard of(JwtConfig config) throws IOException {
        return new Guard(config, KeyRefreshPolicy.DEFAULT);
    }

    static Guard of(Issuer issuer, KeyRefreshPolicy pace) throws IOException {
        return new Guard(issuer.config(), pace);
    }

    /** What becomes of a call with this token: {@link #ALLOWED}, {@link #FORBIDDEN}, or the reason why it is refused. */
    String decide(String token) throws InterruptedException {
        return decide(List.of("Bearer " + token));
    }

    String decide(List<String> authorization) throws InterruptedException {
        return words(begin(authorization, Duration.ofDays(1)));
    }

    CompletableFuture<AuthDecision> begin(List<String> authorization, Duration patience) {
        return authoriser.decide(authorization, patience, Runnable::run);
    }

    static String words(CompletableFuture<AuthDecision> decision) throws InterruptedException {
        try {
            return decision.get(10, TimeUnit.SECONDS).accept(new AuthDecision.Visitor<>() {
                @Override
                public String allowed() {
                    return ALLOWED;
                }

                @Override
                public String refused(String reason) {
                    return reason;
                }

                @Override
                public String forbidden() {
                    return FORBIDDEN;
                }
            });
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    String logged() {
        return logged.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        authoriser.close();
        log.close();
    }
}
