package dev.fnwatchdog.undertow.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog.Finished;
import dev.fnwatchdog.undertow.fixture.TokenIssuer;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs the packaged jar with {@code jwt_auth}. Proves specification 8.1 to 8.3, 8.8, 8.10, 8.11, 8.13. */
class JwtIT {
    private static final String TIME = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ";

    private TokenIssuer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = TokenIssuer.start();
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private PackagedWatchdog.Builder printingItsEnvironment() {
        return PackagedWatchdog.with(issuer.settings(
                "mode", "streaming",
                "fprocess", "env",
                "port", "0",
                "metrics_port", "0",
                "healthcheck_interval", "0"));
    }

    /** Proves specification 8.1, 8.8, 8.10, 8.11, 8.13. */
    @Test
    void requestsAreServedOnlyWithAPermittingToken() throws Exception {
        try (PackagedWatchdog watchdog = printingItsEnvironment().startReady()) {
            HttpResponse<String> refused = watchdog.get("/path");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=IAM function invoke");

            String token = issuer.token();
            HttpResponse<String> served =
                    watchdog.send(watchdog.request("/served").header("Authorization", "Bearer " + token));
            assertThat(served.statusCode()).isEqualTo(200);
            assertThat(served.body())
                    .contains("Http_Authorization=Bearer " + token + "\n")
                    .containsPattern("Http_X_Auth_Seconds=\\d\\.\\d{6}\n");

            HttpResponse<String> forbidden =
                    watchdog.send(watchdog.request("/").header("Authorization", "Bearer " + issuer.tokenFor("a:b")));
            assertThat(forbidden.statusCode()).isEqualTo(403);

            assertThat(watchdog.awaitLine("GET /path - 401"))
                    .matches(TIME + "GET /path - 401 ACCESS DENIED - \\(.*s\\)");
            watchdog.awaitLine("GET /served - 200");
            assertThat(watchdog.err()).allMatch(line -> line.matches(TIME + ".*") && !line.contains("eyJ"));
            assertThat(watchdog.out()).isEmpty();
        }
    }

    /** Proves specification 8.3. */
    @Test
    void startupEndsWithTheReasonWhenTheKeysCannotBeRead() throws Exception {
        String url = issuer.url();
        PackagedWatchdog.Builder watchdog = printingItsEnvironment();
        issuer.close();

        Finished run = watchdog.run();

        assertThat(run.status()).isOne();
        assertThat(run.err().get(run.err().size() - 1))
                .matches(TIME + "jwt_auth: cannot read the issuer document at .*")
                .endsWith(url + "/.well-known/openid-configuration: connection refused");
        assertThat(run.err()).allMatch(line -> line.matches(TIME + ".*"));
    }

    /** Proves specification 8.2. */
    @Test
    void theNameOfTheFunctionIsCheckedBeforeAnythingIsFetched() throws Exception {
        Finished run = printingItsEnvironment()
                .set("OPENFAAS_NAME", "", "port", "many")
                .run();

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .hasSize(2)
                .anyMatch(line -> line.contains("port=\"many\""))
                .anyMatch(line -> line.endsWith(
                        "OPENFAAS_NAME is not set: expected the function's name, because jwt_auth needs it"));
        assertThat(issuer.keySetRequests()).isZero();
    }
}
