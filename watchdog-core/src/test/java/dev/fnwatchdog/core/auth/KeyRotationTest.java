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

/** When the key set is read again, and what a call waits for (contract 8). */
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

    private static List<String> callOf(SigningKey key) {
        return List.of("Bearer " + tokenOf(key));
    }

    private static String tokenOf(SigningKey key) {
        return key.token(TokenClaims.good().json());
    }

    /** Answers only once the test allows it. */
    private static Issuer.Reply held(CountDownLatch until, SigningKey... keys) {
        StringBuilder jwks = new StringBuilder();
        for (SigningKey key : keys) {
            jwks.append(jwks.length() == 0 ? "" : ",").append(key.jwk());
        }
        Issuer.Reply reply = Issuer.answering("{\"keys\":[" + jwks + "]}");
        return to -> {
            until.await();
            reply.send(to);
        };
    }

    @Test
    void readsTheSetAgainForAKeyThatItDoesNotKnow() throws Exception {
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.publish(OLD, NEW);

            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(Guard.ALLOWED);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(Guard.ALLOWED);
            assertThat(issuer.keyReads()).isEqualTo(2);
        }
    }

    @Test
    void refusesAKeyThatIsGoneFromThenOn() throws Exception {
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.publish(NEW);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(Guard.ALLOWED);

            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(Guard.ALLOWED);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(UNKNOWN);
        }
    }

    @Test
    void readsTheSetAgainNowAndThen() throws Exception {
        KeyRefreshPolicy quick = new KeyRefreshPolicy(Duration.ofMillis(50), NEVER, LONG, LONG);
        try (Guard guard = Guard.of(issuer, quick)) {
            assertThat(guard.decide(tokenOf(STRANGER))).isEqualTo(UNKNOWN);
            issuer.publish(NEW);

            Eventually.isTrue("the new key", () -> guard.decide(tokenOf(NEW)).equals(Guard.ALLOWED));
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(UNKNOWN);
        }
    }

    @Test
    void readsItEveryFiveMinutesAndWithUsualPauses() {
        assertThat(KeyRefreshPolicy.DEFAULT.refreshInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(KeyRefreshPolicy.DEFAULT.minInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(KeyRefreshPolicy.DEFAULT.maxWait()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void doesNotReadItTwiceWithinThePause() throws Exception {
        KeyRefreshPolicy slow = new KeyRefreshPolicy(NEVER, NEVER, LONG, LONG);
        try (Guard guard = Guard.of(issuer, slow)) {
            assertThat(guard.decide(tokenOf(STRANGER))).isEqualTo(UNKNOWN);
            assertThat(issuer.keyReads()).isEqualTo(2);
            issuer.publish(OLD, NEW);

            for (int i = 0; i < 1_000; i++) {
                CompletableFuture<AuthDecision> decision = guard.begin(callOf(NEW), LONG);
                assertThat(decision).isDone();
                assertThat(Guard.words(decision)).isEqualTo(UNKNOWN);
            }
            assertThat(issuer.keyReads()).isEqualTo(2);
        }
    }

    @Test
    void readsItOnceForAFloodOfUnknownKeys() throws Exception {
        KeyRefreshPolicy pace = new KeyRefreshPolicy(NEVER, Duration.ofMillis(200), LONG, LONG);
        long begun = System.nanoTime();
        try (Guard guard = Guard.of(issuer, pace)) {
            List<CompletableFuture<AuthDecision>> decisions = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                String header = "{\"alg\":\"EdDSA\",\"kid\":\"flood-%d\"}".formatted(i);
                String token = STRANGER.token(header, TokenClaims.good().json());
                decisions.add(guard.begin(List.of("Bearer " + token), LONG));
            }
            for (CompletableFuture<AuthDecision> decision : decisions) {
                assertThat(Guard.words(decision)).isEqualTo(UNKNOWN);
            }
            long pauses = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 200;
            assertThat(issuer.keyReads()).isBetween(1, 2 + (int) pauses);
        }
    }

    @Test
    void letsManyCallsWaitForOneReading() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.keys(held(release, OLD, NEW));

            List<CompletableFuture<AuthDecision>> waiting = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                waiting.add(guard.begin(callOf(NEW), LONG));
            }
            CompletableFuture<AuthDecision> stranger = guard.begin(callOf(STRANGER), LONG);
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            assertThat(Guard.words(guard.begin(callOf(OLD), LONG))).isEqualTo(Guard.ALLOWED);
            release.countDown();

            for (CompletableFuture<AuthDecision> decision : waiting) {
                assertThat(Guard.words(decision)).isEqualTo(Guard.ALLOWED);
            }
            assertThat(Guard.words(stranger)).isEqualTo(UNKNOWN);
            assertThat(issuer.keyReads()).isEqualTo(2);
        }
    }

    @Test
    void waitsNoLongerThanItsPatience() throws Exception {
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
    void waitsNoLongerThanTheCallMay() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.keys(held(release, OLD, NEW));
            CompletableFuture<AuthDecision> patient = guard.begin(callOf(NEW), LONG);

            assertThat(Guard.words(guard.begin(callOf(NEW), Duration.ofMillis(100))))
                    .isEqualTo(UNKNOWN);
            assertThat(patient).isNotDone();

            release.countDown();
            assertThat(Guard.words(patient)).isEqualTo(Guard.ALLOWED);
        }
    }

    @Test
    void keepsTheOldSetWhereReadingFails() throws Exception {
        List<Issuer.Reply> failures = List.of(
                Issuer.answering("500 Internal Server Error", "", "{\"keys\":[]}"),
                Issuer.answering("<html>"),
                Issuer.answering("{}"),
                Issuer.answering("{\"keys\":{}}"),
                Issuer.answering("302 Found", "Location: %s/evil\r\n".formatted(issuer.url()), ""));
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            int reads = issuer.keyReads();
            for (Issuer.Reply failure : failures) {
                issuer.keys(failure);

                assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
                assertThat(guard.decide(tokenOf(OLD))).isEqualTo(Guard.ALLOWED);
                assertThat(issuer.keyReads()).isEqualTo(++reads);
            }
            assertThat(issuer.otherReads()).isZero();
            Eventually.isTrue("warned", () -> guard.logged().contains("the keys that were read before are kept"));
        }
    }

    @Test
    void keepsTheOldSetWhereTheAuthorityIsGone() throws Exception {
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.keys(to -> {});
            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
            issuer.close();
            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(Guard.ALLOWED);
        }
    }

    @Test
    void refusesEverythingOnceTheSetIsEmpty() throws Exception {
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.publish(new SigningKey[0]);

            assertThat(guard.decide(tokenOf(NEW))).isEqualTo(UNKNOWN);
            assertThat(guard.decide(tokenOf(OLD))).isEqualTo(UNKNOWN);
        }
    }

    @Test
    void endsItsThreadAlsoWhileItReads() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Guard guard = Guard.of(issuer, Guard.NO_PAUSE)) {
            issuer.keys(held(never, OLD));
            CompletableFuture<AuthDecision> waiting = guard.begin(callOf(NEW), Duration.ofMillis(500));
            Eventually.isTrue("asked", () -> issuer.keyReads() == 2);
            guard.close();

            assertThat(Guard.words(waiting)).isEqualTo(UNKNOWN);
        }
        Eventually.isTrue(
                "ended",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("watchdog-jwt-keys")));
    }
}
