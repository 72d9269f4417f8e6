package dev.fnwatchdog.core.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.fixture.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the key set is fetched again, and how long a request waits for it. Proves specification 8.5. */
class KeyRotationTest {
    private static final SigningKey OLD = SigningKey.ed25519("old");
    private static final SigningKey NEW = SigningKey.ed25519("new");
    private static final SigningKey STRANGER = SigningKey.ed25519("stranger");
    private static final String UNKNOWN = "the token is signed with an unknown key";
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration NEVER = Duration.ofHours(1);

    private Issuer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = Issuer.publishing(OLD);
    }

    @AfterEach
    void stop() throws IOException {
        issuer.close();
    }

    private static List<String> authorizationOf(SigningKey key) {
        return List.of("Bearer " + tokenOf(key));
    }

    private static String tokenOf(SigningKey key) {
        return key.token(TokenClaims.good().json());
    }

    /** Responds once the test opens the latch. */
    private static Issuer.Response held(CountDownLatch until, SigningKey... keys) {
        StringBuilder jwks = new StringBuilder();
        for (SigningKey key : keys) {
            jwks.append(jwks.length() == 0 ? "" : ",").append(key.jwk());
        }
        Issuer.Response response = Issuer.response("{\"keys\":[" + jwks + "]}");
        return to -> {
            until.await();
            response.send(to);
        };
    }

    @Test
    void theKeySetIsFetchedAgainForAnUnknownKey() throws Exception {
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.publish(OLD, NEW);

            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(Guard.ALLOWED);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(Guard.ALLOWED);
            assertThat(issuer.keyReads()).isEqualTo(2);
        }
    }

    @Test
    void aKeyMissingFromTheFetchedSetIsRefusedFromThenOn() throws Exception {
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.publish(NEW);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(Guard.ALLOWED);

            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(Guard.ALLOWED);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(UNKNOWN);
        }
    }

    @Test
    void theKeySetIsFetchedAgainAtItsInterval() throws Exception {
        KeyRefreshPolicy quick = new KeyRefreshPolicy(Duration.ofMillis(50), NEVER, LONG, LONG);
        try (Guard guard = Guard.of(issuer, quick)) {
            assertThat(guard.decide(tokenOf(STRANGER))).isEqualTo(UNKNOWN);
            issuer.publish(NEW);

            Eventually.isTrue("the new key", () -> guard.decide(tokenOf(NEW)).equals(Guard.ALLOWED));
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(UNKNOWN);
        }
    }

    @Test
    void theDefaultPolicyFetchesEvery5MinutesPauses3SecondsAndWaits1Second() {
        assertThat(KeyRefreshPolicy.DEFAULT.refreshInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(KeyRefreshPolicy.DEFAULT.minInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(KeyRefreshPolicy.DEFAULT.maxWait()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theKeySetIsNotFetchedTwiceWithinThePause() throws Exception {
        KeyRefreshPolicy slow = new KeyRefreshPolicy(NEVER, NEVER, LONG, LONG);
        try (Guard guard = Guard.of(issuer, slow)) {
            assertThat(guard.decide(tokenOf(STRANGER))).isEqualTo(UNKNOWN);
            assertThat(issuer.keyReads()).isEqualTo(2);
            issuer.publish(OLD, NEW);

            for (int i = 0; i < 1_000; i++) {
                CompletableFuture<AuthDecision> decision = guard.begin(authorizationOf(NEW), LONG);
                assertThat(decision).isDone();
                assertThat(Guard.describe(decision)).isEqualTo(UNKNOWN);
            }
            assertThat(issuer.keyReads()).isEqualTo(2);
        }
    }

    @Test
    void aFloodOfUnknownKeysCausesOneFetchInEachPause() throws Exception {
        KeyRefreshPolicy policy = new KeyRefreshPolicy(NEVER, Duration.ofMillis(200), LONG, LONG);
        long begun = System.nanoTime();
        try (Guard guard = Guard.of(issuer, policy)) {
            List<CompletableFuture<AuthDecision>> decisions = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                String header = "{\"alg\":\"EdDSA\",\"kid\":\"flood-%d\"}".formatted(i);
                String token = STRANGER.token(header, TokenClaims.good().json());
                decisions.add(guard.begin(List.of("Bearer " + token), LONG));
            }
            for (CompletableFuture<AuthDecision> decision : decisions) {
                assertThat(Guard.describe(decision)).isEqualTo(UNKNOWN);
            }
            long pauses = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 200;
            assertThat(issuer.keyReads()).isBetween(1, 2 + (int) pauses);
        }
    }

    @Test
    void manyRequestsWithAnUnknownKeyWaitForOneFetchAndOthersAreServed() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.keys(held(release, OLD, NEW));

            List<CompletableFuture<AuthDecision>> waiting = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                waiting.add(guard.begin(authorizationOf(NEW), LONG));
            }
            CompletableFuture<AuthDecision> stranger = guard.begin(authorizationOf(STRANGER), LONG);
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            assertThat(Guard.describe(guard.begin(authorizationOf(OLD), LONG))).isEqualTo(Guard.ALLOWED);
            release.countDown();

            for (CompletableFuture<AuthDecision> decision : waiting) {
                assertThat(Guard.describe(decision)).isEqualTo(Guard.ALLOWED);
            }
            assertThat(Guard.describe(stranger)).isEqualTo(UNKNOWN);
            assertThat(issuer.keyReads()).isEqualTo(2);
        }
    }

    @Test
    void aRequestWaitsForAFetchNoLongerThanThePolicyPermits() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        KeyRefreshPolicy impatient = new KeyRefreshPolicy(NEVER, Duration.ZERO, Duration.ofMillis(100), LONG);
        try (Guard guard = Guard.of(issuer, impatient)) {
            issuer.keys(held(release, OLD, NEW));

            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
            assertThat(issuer.keyReads()).isEqualTo(2);

            release.countDown();
            Eventually.isTrue("the new key", () -> guard.decide(tokenOf(NEW)).equals(Guard.ALLOWED));
        }
    }

    @Test
    void aRequestWaitsForAFetchNoLongerThanItsOwnTimeout() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.keys(held(release, OLD, NEW));
            CompletableFuture<AuthDecision> patient = guard.begin(authorizationOf(NEW), LONG);

            assertThat(Guard.describe(guard.begin(authorizationOf(NEW), Duration.ofMillis(100))))
                    .isEqualTo(UNKNOWN);
            assertThat(patient).isNotDone();

            release.countDown();
            assertThat(Guard.describe(patient)).isEqualTo(Guard.ALLOWED);
        }
    }

    @Test
    void aFailedFetchKeepsTheOldKeySetAndLogsAWarning() throws Exception {
        List<Issuer.Response> failures = List.of(
                Issuer.response("500 Internal Server Error", "", "{\"keys\":[]}"),
                Issuer.response("<html>"),
                Issuer.response("{}"),
                Issuer.response("{\"keys\":{}}"),
                Issuer.response("302 Found", "Location: %s/evil\r\n".formatted(issuer.url()), ""));
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            int reads = issuer.keyReads();
            for (Issuer.Response failure : failures) {
                issuer.keys(failure);

                assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
                assertThat(guard.decide(tokenOf(OLD))).isEqualTo(Guard.ALLOWED);
                assertThat(issuer.keyReads()).isEqualTo(++reads);
            }
            assertThat(issuer.otherReads()).isZero();
            Eventually.isTrue("warned", () -> guard.logged().contains("the previous keys stay in use"));
        }
    }

    @Test
    void theOldKeySetIsKeptWhileTheAuthorityCannotBeReached() throws Exception {
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.keys(to -> {});
            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
            issuer.close();
            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(Guard.ALLOWED);
        }
    }

    /** Proves specification 8.4. */
    @Test
    void everyTokenIsRefusedOnceTheFetchedKeySetIsEmpty() throws Exception {
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.publish(new SigningKey[0]);

            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(UNKNOWN);
        }
    }

    @Test
    void closingTheAuthorizerDuringAFetchEndsItsThread() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.keys(held(never, OLD));
            CompletableFuture<AuthDecision> waiting = guard.begin(authorizationOf(NEW), Duration.ofMillis(500));
            Eventually.isTrue("requested", () -> issuer.keyReads() == 2);
            guard.close();

            assertThat(Guard.describe(waiting)).isEqualTo(UNKNOWN);
        }
        Eventually.isTrue(
                "ended",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("watchdog-jwt-keys")));
    }
}
